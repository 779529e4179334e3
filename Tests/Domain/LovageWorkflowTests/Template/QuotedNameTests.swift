import LovageCore
import Testing

@testable import LovageWorkflow

/// Members whose names are no words are read by brackets and quotes.
@Suite struct QuotedNameTests {
    private static let scope: TemplateScope = {
        var scope = TemplateScope()
        scope.parameters = [
            "o": ["a.b": 1, "c d": ["e}f": [["it's": "x"]]], "": "empty", "plain": "p", "1": "one", "]": 2]
        ]
        scope.item = ["a.b": "i"]
        return scope
    }()

    @Test(arguments: [
        (#"${params.o["a.b"]}"#, "1"), ("${params.o['a.b']}", "1"), (#"${params.o["c d"]["e}f"].0["it's"]}"#, "x"),
        (#"<${ params.o["c d"]['e}f'].0["it's"] }>"#, "<x>"), (#"${params.o[""]}"#, "empty"),
        (#"${params["o"].plain}"#, "p"), (#"${params["o"]["plain"]}"#, "p"), (#"${params.o["1"]}"#, "one"),
        (#"${params.o["]"]}"#, "2"), (#"${item["a.b"]}"#, "i"), (#"$${a["}"]}"#, #"${a["}"]}"#),
    ])
    func `a member of any name is read`(template: String, text: String) throws {
        #expect(try Template(parsing: template).text(in: Self.scope) == text)
    }

    @Test(arguments: [
        "${params.o[a.b]}", #"${params.o["a.b]}"#, #"${["params"].o}"#, #"${params.["o"]}"#,
        #"${params.o["a.b"]plain}"#, #"${params.o["a.b"].}"#, "${params.o[0]}", #"${params.o["a"}"#, "${params.o[]}",
    ])
    func `what is no path is refused`(template: String) {
        #expect(throws: TemplateFault.self) { try Template(parsing: template) }
    }

    @Test func `conditions and spreads read them as well`() throws {
        for source in [
            #"params.o["a.b"] == 1"#, #"not params.o['c d']["e}f"].0["it's"] != "x""#, #"${item["a.b"]} == 'i'"#,
            #"item["a.b"] == 'i' and params.o["]"] > 1"#, #"(params.o["plain"]) == "p""#,
        ] {
            #expect(try Condition(parsing: source).holds(in: Self.scope), "\(source)")
        }
        let command = CommandDefinition(
            kind: "k", run: ["ls", "--", #"${args.o["a b"]...}"#], parameters: [Parameter(name: "o", type: .object)])
        #expect(command.faults().isEmpty)
        let vector = try command.argumentVector(
            for: JSONText(trusted: Array(#"{"o":{"a b":["x","y"]}}"#.utf8)), job: JobID(UUIDv7(high: 0, low: 0)),
            attempt: 1)
        #expect(vector == ["ls", "--", "x", "y"])
        #expect(try Reference(parsing: #"steps["a"]["result"]["b.c"]"#).path == ["b.c"])
    }
}
