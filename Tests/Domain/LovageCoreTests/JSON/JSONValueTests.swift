import LovageCore
import Testing

struct JSONValueTests {
    @Test(arguments: [
        (#""\u00e4\u0000""#, "ä\u{0}"), (#""\ud83d\ude00!""#, "\u{1F600}!"), (#""\uD834\uDD1E""#, "\u{1D11E}"),
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\\u0041""#, "\\u0041"), (#""\udbff\udfff""#, "\u{10FFFF}"),
        (#""ä\u0041ö""#, "äAö"), (#""""#, ""),
    ])
    func `escapes are resolved`(_ text: String, _ expected: String) throws {
        let string = try #require(JSONValue(parsing: text).stringValue)
        #expect(Array(string.unicodeScalars) == Array(expected.unicodeScalars))
        #expect(try JSONValue(parsing: "{\(text):1}").objectValue?.first?.key == expected)
    }

    @Test func `a value is looked into by key and index`() throws {
        let value = try JSONValue(parsing: #"{"a":[1,true,"x",null,2.5],"ä":1,"n":-7}"#)
        #expect(value["a"]?[0]?.intValue == 1)
        #expect(value["a"]?[1]?.boolValue == true)
        #expect(value["a"]?[2]?.stringValue == "x")
        #expect(value["a"]?[3]?.isNull == true)
        #expect(value["a"]?[4]?.doubleValue == 2.5)
        #expect(value["a"]?[4]?.intValue == nil)
        #expect(value["a"]?[5] == nil)
        #expect(value["a"]?[-1] == nil)
        #expect(value["a"]?.arrayValue?.count == 5)
        #expect(value["b"] == nil)
        #expect(value["a\u{308}"] == nil)
        #expect(value[0] == nil)
        #expect(value["n"]?["n"] == nil)
        #expect(value.objectValue?.map(\.key) == ["a", "ä", "n"])
    }

    @Test func `literals build the value the text has`() throws {
        let value: JSONValue = ["b": [1, -2, 1.5, "x\(1)", nil, true], "a": [:], "c": []]
        #expect(value == (try JSONValue(parsing: #"{"b":[1,-2,1.5,"x1",null,true],"a":{},"c":[]}"#)))
        #expect(value.text().string == #"{"b":[1,-2,1.5,"x1",null,true],"a":{},"c":[]}"#)
    }

    @Test func `members in another order are another value`() throws {
        #expect(try JSONValue(parsing: #"{"a":1,"b":2}"#) != JSONValue(parsing: #"{"b":2,"a":1}"#))
    }

    @Test func `pretty text puts one member a line and parses back`() throws {
        let value: JSONValue = ["name": "a\"b", "list": [1, [], [2]], "none": [:]]
        let expected = """
            {
              "name": "a\\"b",
              "list": [
                1,
                [],
                [
                  2
                ]
              ],
              "none": {}
            }
            """
        #expect(value.pretty() == expected)
        #expect(value.pretty(indent: 4).contains("\n        [\n            2\n        ]\n"))
        #expect(try JSONValue(parsing: value.pretty()) == value)
    }

    @Test(arguments: 0..<300)
    func `what is written parses back to the same value`(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let value = JSONValue.random(using: &random, depth: 5)
        let text = value.text()
        #expect(text.value() == value, "seed \(seed)")
        #expect(try JSONText(validating: text.bytes) == text, "seed \(seed)")
        #expect(try JSONValue(parsing: value.pretty()) == value, "seed \(seed)")
        #expect(text.members()?.map { JSONMember($0.key, $0.value.value()) } == value.objectValue)
        #expect(text.elements()?.map { $0.value() } == value.arrayValue)
    }
}

extension JSONValue {
    fileprivate static func random(using random: inout SplitMix64, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth == 0 ? 5 : 9), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .number(JSONNumber(Int(truncatingIfNeeded: random.next())))
        case 3: return JSONNumber(Double(bitPattern: random.next())).map(JSONValue.number) ?? .null
        case 4: return .string(randomString(using: &random))
        case 5, 6:
            let count = Int.random(in: 0..<6, using: &random)
            return .array((0..<count).map { _ in Self.random(using: &random, depth: depth - 1) })
        default:
            return .object(
                (0..<Int.random(in: 0..<20, using: &random)).map {
                    JSONMember("\($0)-" + randomString(using: &random), Self.random(using: &random, depth: depth - 1))
                })
        }
    }

    private static func randomString(using random: inout SplitMix64) -> String {
        var string = ""
        for _ in 0..<Int.random(in: 0..<12, using: &random) {
            let bound: UInt32 = [0x20, 0x80, 0x800, 0x1_0000, 0x11_0000].randomElement(using: &random) ?? 0x80
            string.unicodeScalars.append(Unicode.Scalar(UInt32.random(in: 0..<bound, using: &random)) ?? "\"")
        }
        return string
    }
}
