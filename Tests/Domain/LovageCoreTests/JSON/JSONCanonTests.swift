import LovageCore
import Testing

struct JSONCanonTests {
    @Test(arguments: [
        (#"{"id": 1}"#, #"{"id":1.0}"#), (#"{"a":1,"m":"x"}"#, #"{"m":"x","a":1}"#), (#""\u0061\/""#, #""a/""#),
        ("100", "1e2"), ("0.5", "5e-1"), ("-0", "0.0e7"), ("1.25E+3", "1250"), ("[ ]", "[]"), ("1e400", "10e399"),
        ("1e-30", "0.1e-29"),
    ])
    func `equal values have one canon`(_ one: String, _ two: String) throws {
        let (one, two) = (try JSONText(validating: one), try JSONText(validating: two))
        #expect(one.canon() == two.canon())
        #expect(one.isSame(as: two))
        #expect(one.canon().canon() == one.canon())
    }

    @Test(arguments: [
        ("1", "\"1\""), ("[1,2]", "[2,1]"), ("{}", "[]"), ("null", "false"),
        ("12345678901234567890", "12345678901234567891"),
        (#"{"a":1}"#, #"{"a":1,"b":null}"#), ("\"\u{e9}\"", "\"e\u{301}\""), ("0.1", "0.10000000000000001"),
        ("-1", "1"),
        (#"{"\u00e9":1}"#, #"{"e\u0301":1}"#), ("1e20", "1e21"), ("1e-20", "1e-21"), ("0.01", "0.001"),
        ("1e99999999999999999999", "1e99999999999999999998"),
    ])
    func `different values have different canons`(_ one: String, _ two: String) throws {
        #expect(try JSONText(validating: one).canon() != JSONText(validating: two).canon())
    }

    @Test(arguments: ["{\"a\":1,\"b\":[true,null,\"x\"]}", "[0,-7,1.5,\"\"]", "12345678901234567890", "0.001"])
    func `what is written in order and without blanks is its own canon`(_ text: String) throws {
        #expect(try JSONText(validating: text).canon().string == text)
    }

    @Test func `what is left out, or null, is what the defaults say`() throws {
        let defaults = try JSONText(validating: #"{"m":"fast","n":null}"#)
        func canon(_ text: String) throws -> String { try JSONText(validating: text).canon(with: defaults).string }
        #expect(try canon(#"{"id":1}"#) == #"{"id":1,"m":"fast","n":null}"#)
        #expect(try canon(#"{"m":null,"id":1}"#) == canon(#"{"id":1,"n":null}"#))
        #expect(try canon(#"{"id":1,"m":"slow"}"#) != canon(#"{"id":1}"#))
        #expect(try canon(#"{"id":1,"x":null}"#) == #"{"id":1,"m":"fast","n":null,"x":null}"#)
        #expect(try canon("[1]") == "[1]")
    }

    @Test(arguments: 0..<20)
    func `any value has one canon however it is written, and no other value has it`(batch: UInt64) throws {
        for seed in batch * 25..<batch * 25 + 25 {
            var random = SplitMix64(seed: seed)
            let value = Self.value(&random, depth: 3)
            let canon = value.text().canon()
            for _ in 0..<4 {
                let written = try JSONText(validating: Self.written(value, &random))
                #expect(written.canon() == canon, "seed \(seed): \(written)")
            }
            let other = Self.changed(value, &random)
            #expect(other.text().canon() != canon, "seed \(seed): \(other.text())")
        }
    }

    private static func value(_ random: inout SplitMix64, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2, 3: return .number(JSONNumber(Int.random(in: -2_000...2_000, using: &random)))
        case 4, 5: return .string(text(&random))
        case 6: return .array((0..<Int.random(in: 0..<4, using: &random)).map { _ in value(&random, depth: depth - 1) })
        default:
            return .object(
                (0..<Int.random(in: 0..<5, using: &random)).map {
                    JSONMember("\(text(&random))\($0)", value(&random, depth: depth - 1))
                })
        }
    }

    private static func text(_ random: inout SplitMix64) -> String {
        (0..<Int.random(in: 0..<4, using: &random)).map { _ in
            ["a", "b", "\"", "é", "\n", "😀"].randomElement(using: &random)!
        }
        .joined()
    }

    /// The same value in other words.
    private static func written(_ value: JSONValue, _ random: inout SplitMix64) -> String {
        let blank = ["", " ", "\n\t"].randomElement(using: &random)!
        switch value {
        case .null, .bool: return blank + value.text().string
        case .number(let number):
            // 0 followed by zeros would be no number.
            if number.lexeme == "0" { return ["0", "-0", "0.0", "0e5"].randomElement(using: &random)! }
            return [
                number.lexeme, number.lexeme + ".0", number.lexeme + "e0", number.lexeme + "00E-2",
                number.lexeme + ".000e+0",
            ].randomElement(using: &random)!
        case .string(let text): return written(text, &random)
        case .array(let elements):
            return "[" + blank + elements.map { written($0, &random) }.joined(separator: blank + ",") + blank + "]"
        case .object(let members):
            let shuffled = members.shuffled(using: &random)
            return "{" + blank
                + shuffled.map { "\(written($0.key, &random))\(blank):\(written($0.value, &random))" }
                .joined(separator: ",") + "}"
        }
    }

    private static func written(_ text: String, _ random: inout SplitMix64) -> String {
        guard Bool.random(using: &random) else { return JSONValue.string(text).text().string }
        return "\""
            + text.utf16.map { unit in
                let digits = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }.joined() + "\""
    }

    /// A value that differs in one place.
    private static func changed(_ value: JSONValue, _ random: inout SplitMix64) -> JSONValue {
        switch value {
        case .null: return .bool(false)
        case .bool(let flag): return .bool(!flag)
        case .number(let number): return .number(JSONNumber((number.int ?? 0) + 1))
        case .string(let text): return .string(text + "a")
        case .array(let elements):
            guard let index = elements.indices.randomElement(using: &random) else { return .array([.null]) }
            var elements = elements
            elements[index] = changed(elements[index], &random)
            return .array(elements)
        case .object(let members):
            guard let index = members.indices.randomElement(using: &random) else { return .array([]) }
            var members = members
            members[index].value = changed(members[index].value, &random)
            return .object(members)
        }
    }
}
