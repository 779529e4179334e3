import LovageCore
import Testing

@testable import LovageWorkflow

/// The declared type says what a text means, and numbers are exact.
@Suite struct TypedTextTests {
    private static let parameters =
        Parameter.ValueType.allCases.map { Parameter(name: $0.rawValue, type: $0) }

    @Test(arguments: [
        "831877e8", "20200219", "0005747", "1.10", "true", "null", "5", "[1]", #"{"a":1}"#, #""q""#, "", " ", "0x10",
        "99999999999999999999",
    ])
    func `a text stays as it was typed where a text is declared`(text: String) {
        let object = Parameter.object(typed: [TypedText("string", text)], as: Self.parameters)
        #expect(object.value()["string"] == .string(text))
    }

    @Test(arguments: [
        ("integer", "3", "3"), ("integer", "-3", "-3"), ("integer", "x", #""x""#), ("number", "1.50", "1.50"),
        ("boolean", "true", "true"), ("boolean", "yes", #""yes""#), ("list", "[1, 2]", "[1,2]"),
        ("object", #"{"a": 1}"#, #"{"a":1}"#), ("any", "831877e8", "831877e8"), ("any", "07", #""07""#),
        ("any", #""q""#, #""q""#), ("any", "null", "null"), ("undeclared", "3", "3"), ("undeclared", "x", #""x""#),
        ("any", "18446744073709551616", "18446744073709551616"),
    ])
    func `everything else is JSON where it can be`(name: String, text: String, json: String) {
        let object = Parameter.object(typed: [TypedText(name, text)], as: Self.parameters)
        #expect(object.string == #"{"\#(name)":\#(json)}"#)
    }

    private static func problems(_ json: String, _ parameter: Parameter) throws -> [String] {
        do throws(InvalidParameters) {
            _ = try Parameter.check(JSONText(trusted: Array(#"{"n":\#(json)}"#.utf8)), against: [parameter])
            return []
        } catch {
            return error.problems
        }
    }

    @Test func `whole numbers of any size are whole numbers`() throws {
        let whole = Parameter(name: "n", type: .integer)
        for json in ["0", "-0", "9007199254740993", "-99999999999999999999", "1" + String(repeating: "0", count: 400)] {
            #expect(try Self.problems(json, whole) == [])
        }
        for json in ["1.0", "1e3", "0.5"] {
            #expect(
                try Self.problems(json, whole) == [
                    "parameter 'n' must be a whole number, but is the number \(json): write it like 3"
                ])
        }
        #expect(try Self.problems("1e400", Parameter(name: "n", type: .number)) == [])
    }

    @Test(arguments: [
        ("9007199254740993", "9007199254740992", false), ("9007199254740992", "9007199254740992", true),
        ("0.1", "0.1", true), ("0.10000000000000000001", "0.1", false), ("1e400", "1e400", true),
        ("1e401", "1e400", false), ("-1e400", "0", true), ("1e-999999999999999999999", "0", false),
        ("1e999999999999999999999", "5", false), ("0e999999999999999999999", "0", true),
    ])
    func `bounds are exact`(json: String, maximum: String, fits: Bool) throws {
        let parameter = Parameter(name: "n", type: .number, maximum: JSONNumber(lexeme: maximum))
        #expect(try Self.problems(json, parameter).isEmpty == fits)
    }

    @Test func `choices and conditions tell large numbers apart`() throws {
        let parameter = Parameter(name: "n", type: .integer, choices: [.number(JSONNumber(9_007_199_254_740_993))])
        #expect(try Self.problems("9007199254740993", parameter).isEmpty)
        #expect(try !Self.problems("9007199254740992", parameter).isEmpty)
        #expect(try Condition(parsing: "9007199254740993 > 9007199254740992").holdsAlone)
        #expect(try Condition(parsing: "9007199254740993 != 9007199254740992").holdsAlone)
        #expect(try Condition(parsing: "1e400 < 1e401 and 1.0 == 1 and 1e-400").holdsAlone)
        #expect(try !Condition(parsing: "0.0e5").holdsAlone)
    }
}

extension Condition {
    fileprivate var holdsAlone: Bool { get throws { try holds(in: TemplateScope()) } }
}
