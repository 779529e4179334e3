import LovageCore
import Testing

/// Size, depth and number are judged before anything is built.
struct JSONLimitTests {
    private func nested(_ depth: Int) -> [UInt8] {
        Array(repeating: UInt8(ascii: "["), count: depth) + Array(repeating: UInt8(ascii: "]"), count: depth)
    }

    @Test func `64 levels are accepted, the 65th is refused where it opens`() throws {
        #expect(try JSONText(validating: nested(64)).count == 128)
        let error = #expect(throws: JSONError.self) { try JSONText(validating: nested(65)) }
        #expect(error?.code == .tooDeep)
        #expect(error?.offset == 64)
        #expect(error?.description == "JSON is nested deeper than 64 levels at byte 65 (line 1, column 65)")
    }

    @Test func `10 000 levels are refused after 64 of them, as arrays and as objects`() {
        let objects = Array(String(repeating: #"{"a":"#, count: 10_000).utf8)
        for text in [nested(10_000), nested(500_000), objects] {
            let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
            #expect(error?.code == .tooDeep)
        }
        #expect(#expect(throws: JSONError.self) { try JSONValue(parsing: objects) }?.offset == 64 * 5)
    }

    @Test func `the deepest limit is 512 whatever is asked, and a value that deep can be used`() throws {
        var limits = JSONLimits(maxBytes: 1 << 20, maxDepth: 100_000, maxElements: 1 << 20)
        #expect(limits.maxDepth == 512)
        limits.maxDepth = 9_999
        #expect(limits.maxDepth == 512)
        let value = try JSONValue(parsing: nested(512), limits: limits)
        #expect(value == value.text().value())
        #expect(value.text().bytes == nested(512))
        #expect(value.pretty().count > 512)
        #expect(throws: JSONError.self) { try JSONValue(parsing: nested(513), limits: limits) }
    }

    /// Twenty megabytes that must not be looked at.
    private struct Unreadable: RandomAccessCollection {
        let startIndex = 0
        let endIndex = 20_000_000
        subscript(position: Int) -> UInt8 { fatalError("Byte \(position) was read") }
    }

    @Test func `20 MB are refused by their size, before one byte is read`() {
        let error = #expect(throws: JSONError.self) { try JSONText(validating: Unreadable()) }
        #expect(error?.code == .tooLarge)
        #expect(error?.description == "JSON has 20000000 bytes, more than the 1048576 allowed")
        #expect(#expect(throws: JSONError.self) { try JSONValue(parsing: Unreadable()) }?.code == .tooLarge)
    }

    @Test(arguments: [
        (#"{"a":[1,{"b":2},{"c":"x","n":N}]}"#, "a[2].n"), ("[[],[7,N]]", "[1][1]"), (#"{"a\u0062":N}"#, "ab"),
        ("N", nil), (#"{"x":{},"y":[{"z":[0]}],"n":-N}"#, "n"), (#"{"n":0.N}"#, "n"),
    ])
    func `a number that is too long is refused with the field that holds it`(_ shape: String, _ path: String?) throws {
        let longest = String(repeating: "7", count: 998)
        #expect(throws: Never.self) { try JSONText(validating: shape.replacing("N", with: longest)) }
        let text = shape.replacing("N", with: longest + "777")
        let error = #expect(throws: JSONError.self) { try JSONText(validating: text) }
        #expect(error?.code == .numberTooLong)
        #expect(error?.path == path)
        #expect(error?.description.contains("more than the 1000 allowed") == true)
        #expect(throws: Never.self) { try JSONText(validating: text, limits: .trusted) }
    }

    @Test func `the size limit counts every byte`() throws {
        let limits = JSONLimits(maxBytes: 4, maxDepth: 1, maxElements: 2)
        #expect(try JSONText(validating: "null", limits: limits) == .null)
        let error = #expect(throws: JSONError.self) { try JSONText(validating: "null ", limits: limits) }
        #expect(error?.code == .tooLarge)
    }

    @Test func `values are counted at every level together`() throws {
        let limits = JSONLimits(maxBytes: 100, maxDepth: 9, maxElements: 4)
        #expect(try JSONText(validating: #"[1,{"a":[]}]"#, limits: limits).count == 12)
        let error = #expect(throws: JSONError.self) { try JSONText(validating: #"[1,{"a":[0]}]"#, limits: limits) }
        #expect(error?.code == .tooLarge)
        #expect(error?.description == "JSON has more than 4 values at byte 10 (line 1, column 10)")
        let zeros = "[" + String(repeating: "0,", count: 600_000) + "0]"
        let large = JSONLimits(maxBytes: 1 << 21, maxDepth: 9)
        #expect(#expect(throws: JSONError.self) { try JSONText(validating: zeros, limits: large) }?.code == .tooLarge)
    }

    @Test func `a duplicate is found among many keys, and many keys are no duplicates`() throws {
        let members = (0..<20_000).map { "\"k\($0)\":{\"k1\":0,\"k2\":0}" }.joined(separator: ",")
        #expect(try JSONText(validating: "{\(members)}").members()?.count == 20_000)
        for key in ["k0", "k11", "k12", "k19999", "\\u006b7"] {
            let error = #expect(throws: JSONError.self) { try JSONText(validating: "{\(members),\"\(key)\":0}") }
            #expect(error?.code == .duplicateKey)
            #expect(error?.offset == members.utf8.count + 2)
        }
    }

    @Test func `an error counts lines from 1 and columns in characters`() {
        let error = #expect(throws: JSONError.self) { try JSONText(validating: "{\n  \"ä\": \"é\u{1F600}\", x\n}") }
        #expect(error?.line == 2)
        #expect(error?.column == 14)
        #expect(error?.offset == 20)
        #expect(
            error?.description
                == "JSON has 'x' where a key in quotes should be at byte 21 (line 2, column 14)")
    }
}
