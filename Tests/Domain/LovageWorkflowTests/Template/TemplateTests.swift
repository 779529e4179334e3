import LovageCore
import Testing

@testable import LovageWorkflow

@Suite struct TemplateTests {
    static let scope: TemplateScope = {
        var scope = TemplateScope()
        scope.parameters = [
            "name": "world", "n": 3, "none": nil, "list": [1, "b", [nil]], "deep": ["a": ["b": [["c": true]]]],
            "yes": true, "empty": "", "big": 12345678901234567890.0,
        ]
        scope.outcomes = ["a": .failed]
        scope.results = ["a": [["x": 1]], "many": [1, nil], "nothing": []]
        scope.item = ["p": "/x"]
        scope.index = 4
        scope.workflowID = "id-1"
        scope.workflowName = "nightly"
        return scope
    }()

    @Test(arguments: [
        ("${params.n}", "3"), ("${ params.n }", "3"), ("${params.list}", #"[1,"b",[null]]"#),
        ("${params.none}", "null"),
        ("${params.none.anything}", "null"), ("${params.deep.a.b.0.c}", "true"), ("${params.list.1}", #""b""#),
        ("hello ${params.name}!", #""hello world!""#), ("${params.n}${params.n}", #""33""#),
        ("<${params.none}>", #""<>""#), ("${params.yes}: ${params.list}", #""true: [1,\"b\",[null]]""#),
        ("$${params.n}", #""${params.n}""#), ("$$${params.n}", #""$${params.n}""#), ("100 $", #""100 $""#),
        ("$HOME {x}", #""$HOME {x}""#), ("", #""""#), ("${steps.a.result.x}", "1"),
        ("${steps.a.outcome}", #""failed""#),
        ("${steps.many.results}", "[1,null]"), ("${steps.nothing.results}", "[]"),
        ("${steps.nothing.result.x}", "null"),
        ("${steps.unfinished.outcome}", "null"), ("${item.p}", #""/x""#), ("${item}", #"{"p":"/x"}"#),
        ("${index}", "4"),
        ("part ${index}", #""part 4""#), ("${workflow.id}/${workflow.name}", #""id-1/nightly""#),
        ("ü${params.n}é", #""ü3é""#),
    ])
    func `a template gives a value`(source: String, expected: String) throws {
        #expect(try Template(parsing: source).value(in: Self.scope).text().string == expected)
    }

    @Test(arguments: [
        ("${params.n", "'${params.n' has no closing }; write $${ for the text ${ itself"),
        ("${}", "'' is no path: use names of letters, digits, _ and -, joined by dots, and [\"…\"] for others"),
        (
            "${params.a b}",
            "'params.a b' is no path: use names of letters, digits, _ and -, joined by dots, and [\"…\"] for others"
        ),
        ("${params}", "'params' is incomplete: write params.NAME"),
        ("${steps.a}", "'steps.a' is incomplete: write steps.NAME.result, .results or .outcome"),
        (
            "${steps.a.reslut}",
            "'steps.a.reslut': of a step one can read result, results and outcome; did you mean 'result'?"
        ),
        ("${index.x}", "'index.x': index is a number and has no members"),
        ("${workflow.x}", "'workflow.x': of a workflow one can read workflow.id and workflow.name"),
        (
            "${param.n}",
            "'param.n' begins with neither of params, steps, item, index, workflow, args, job, files; did you mean 'params'?"
        ),
        ("${params.nn}", "'params.nn': there is no 'nn'; did you mean 'n'?"),
        ("${params.list.3}", "'params.list.3': there is no '3' in a list of 3; positions count from 0"),
        ("${params.list.-1}", "'params.list.-1': there is no '-1' in a list of 3; positions count from 0"),
        ("${params.n.x}", "'params.n.x': the number 3 has no member 'x'"),
        ("${steps.many.result}", "'steps.many.result': many has 2 members; use steps.many.results"),
        ("x ${args.l...}", "'${args.l...}' must be a whole argument of a command"),
    ])
    func `a template that cannot be worked out says why`(source: String, message: String) {
        let fault = #expect(throws: TemplateFault.self) {
            _ = try Template(parsing: source).value(in: Self.scope)
        }
        #expect(fault?.message == message)
    }

    @Test(arguments: [
        ("params.n", true), ("${params.n}", true), ("params.none", false), ("params.empty", false),
        ("params.list", true),
        ("steps.nothing.results", false), ("params.n == 3", true), ("params.n == 3.0", true),
        ("${params.n} != 3", false),
        ("${params.n > 2}", true), ("params.n >= 3 and params.n <= 3", true), ("params.n < 3", false),
        ("params.name == 'world'", true), ("params.name == \"it's\"", false), ("'a' < 'b'", true),
        ("not params.n", false),
        ("not not params.n", true), ("not params.n == 4", true), ("params.none == null", true),
        ("params.none or params.n and params.empty", false), ("(params.none or params.n) and params.yes", true),
        ("true or params.n.x", true), ("false and params.n.x", false), ("steps.a.outcome == 'failed'", true),
        ("params.list == params.list", true), ("params.n == '3'", false), ("-1 < 0", true), ("params.big > 1e3", true),
        ("-1e400 < -1", true), ("1e400 > -1e400", true),
        ("(params.n == 3) == true", true), ("0", false), ("''", false),
    ])
    func `a condition holds or does not`(source: String, expected: Bool) throws {
        #expect(try Condition(parsing: source).holds(in: Self.scope) == expected)
    }

    @Test(arguments: [
        ("", "the condition is empty"),
        ("params.n >", "'params.n >' ends too early"),
        ("params.n == = 3", "'params.n == = 3': '=' is not expected there; use == != < <= > >= and or not ( )"),
        ("(params.n", "'(params.n': a ) is missing"),
        ("${params.n", "'${params.n': a } is missing"),
        ("params.n)", "'params.n)': ')' is not expected there; use == != < <= > >= and or not ( )"),
        (
            "params.n params.n",
            "'params.n params.n': 'params.n' is not expected there; use == != < <= > >= and or not ( )"
        ),
        ("params.n && true", "'params.n && true': '&' is not expected there; use == != < <= > >= and or not ( )"),
        (
            "params.name == world",
            "'params.name == world': write 'world' in quotes if it is a text, or params.world to read it"
        ),
        ("params.name == 'world", "'params.name == 'world': a text in quotes has no end"),
        ("params.n > 'x'", "'params.n > 'x'': > compares two numbers or two texts, not the number 3 with the text 'x'"),
        ("and params.n", "'and params.n': something is missing beside 'and'"),
        ("1.2.3", "'1.2.3': '1.2.3' is no number"),
    ])
    func `a condition that cannot be read says why`(source: String, message: String) {
        let fault = #expect(throws: TemplateFault.self) { _ = try Condition(parsing: source).holds(in: Self.scope) }
        #expect(fault?.message == message)
    }

    @Test func `deep and long conditions are refused, not followed`() {
        let deep = String(repeating: "(", count: 200) + "1" + String(repeating: ")", count: 200)
        let long = Array(repeating: "1", count: 10_000).joined(separator: " or ")
        let negations = String(repeating: "not ", count: 300) + "1"
        for source in [deep, long, negations] {
            #expect(throws: TemplateFault.self) { try Condition(parsing: source) }
        }
    }

    @Test(arguments: [
        ("sorce", "source"), ("inventroy", "inventory"), ("Needs", "needs"), ("exit-codes", "exit_codes"), ("n", nil),
        ("completely", nil), ("retrys", "retries"),
    ])
    func `the name that was meant is found`(given: String, expected: String?) {
        let names = ["source", "inventory", "needs", "exit_codes", "retries", "timeout"]
        #expect(DidYouMean.nearest(to: given, among: names) == expected)
    }
}
