import LovageCore
import Testing

struct JSONNumberTests {
    @Test(arguments: ["1e400", "-0", "1.50", "123456789012345678901234567890", "1E+2", "0.10", "-1e-9999"])
    func `a number keeps its lexeme`(_ lexeme: String) throws {
        #expect(JSONNumber(lexeme: lexeme)?.lexeme == lexeme)
        #expect(try JSONValue(parsing: lexeme).text().string == lexeme)
        #expect(try JSONValue(parsing: "[\(lexeme)]").text().string == "[\(lexeme)]")
    }

    @Test(arguments: ["", " 1", "1 ", "+1", "01", ".5", "1.", "null", "[1]", "{}", "\"1\"", "0x10", "nan", "1 2", "[]"])
    func `what is no number has no lexeme`(_ lexeme: String) {
        #expect(JSONNumber(lexeme: lexeme) == nil)
    }

    @Test(arguments: [
        ("0", 0), ("-0", 0), ("-17", -17), ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min),
        ("9223372036854775808", nil), ("1.0", nil), ("1e3", nil), ("1.5", nil), ("1e400", nil),
    ])
    func `a number written whole that fits is an integer`(_ lexeme: String, _ expected: Int?) throws {
        #expect(try #require(JSONNumber(lexeme: lexeme)).int == expected)
    }

    @Test func `a whole double is written whole`() {
        #expect(JSONNumber(3.0)?.lexeme == "3")
        #expect(JSONNumber(-2.5)?.lexeme == "-2.5")
        #expect(JSONNumber(1e16)?.lexeme == "1e+16")
    }

    @Test func `a number has a double only in the range of doubles`() throws {
        #expect(JSONNumber(lexeme: "1e400")?.double == nil)
        #expect(JSONNumber(lexeme: "-1e400")?.double == nil)
        #expect(JSONNumber(lexeme: "1e-400")?.double == 0)
        #expect(JSONNumber(lexeme: "0.1")?.double == 0.1)
        for value in [0, -0.0, 1e16, Double.leastNonzeroMagnitude, Double.greatestFiniteMagnitude, 0.1, -123.456] {
            let number = try #require(JSONNumber(value))
            #expect(number.double == value)
            #expect(JSONNumber(lexeme: number.lexeme) == number)
        }
        #expect(JSONNumber(Double.infinity) == nil)
        #expect(JSONNumber(Double.nan) == nil)
    }

    @Test(arguments: [
        ("1", "1.0", true), ("1", "10e-1", true), ("100", "1e2", true), ("0", "-0.0e5", true), ("0.10", "1E-1", true),
        ("1", "-1", false), ("1", "2", false), ("1e400", "10e399", true), ("1e400", "1e401", false),
        ("9007199254740993", "9007199254740992", false), ("12", "1.2e+1", true), ("12", "1.2", false),
        ("1e99999999999999999999", "1e99999999999999999999", true), ("0.5", "5", false),
        ("1e9223372036854775807", "10e9223372036854775806", true), ("0e99999999999999999999", "0", true),
        ("-1e-9223372036854775808", "1", false), ("1.05", "1.5", false),
    ])
    func `numbers are compared exactly`(_ one: String, _ other: String, _ areEqual: Bool) throws {
        let (one, other) = (try #require(JSONNumber(lexeme: one)), try #require(JSONNumber(lexeme: other)))
        #expect(one.isNumericallyEqual(to: other) == areEqual)
        #expect(other.isNumericallyEqual(to: one) == areEqual)
    }
}
