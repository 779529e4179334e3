#if Commands
import LovageAPI
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageWorkflow
import Testing

@testable import LovageServer

@Suite(.timeLimit(.minutes(5))) struct ApplyTests {
    private static func body(_ text: String) -> String {
        ApplyRequest(files: [FileView(path: "a.yaml", text: text)]).json.string
    }

    @Test func `of many problems the first hundred are told, and how many more there are`() async throws {
        try await Bed().run { api in
            let fields = (0..<30_000).map { "f\($0): 1" }.joined(separator: "\n")
            let answer = try await api.post("/definitions", Self.body("command: k\nrun: [ls]\n\(fields)"))
            #expect(answer.code == "invalid_definition")
            let problems = answer.json["error"]?["problems"]?.arrayValue ?? []
            #expect(problems.count == 101)
            #expect(problems[0].stringValue?.hasPrefix("a.yaml:3:1: f0: ") == true)
            #expect(problems.last == "and 29900 more")
        }
    }

    @Test func `a workflow over a stored command is held against its parameters`() async throws {
        try await Bed().run { api in
            let command = "command: ops.flaky\nrun: [sh, \"${args.name}\"]\nparameters: {name: {required: true}}"
            #expect(try await api.post("/definitions", Self.body(command)).status == 200)
            let answer = try await api.post("/definitions", Self.body("workflow: w\nsteps: {a: {run: ops.flaky}}"))
            #expect(answer.code == "invalid_definition")
            #expect(answer.text.contains("a.yaml:2:9: steps.a.with: command 'ops.flaky' needs the argument 'name'"))
        }
    }

    @Test func `a file is sent as text or in base64, and what is not UTF-8 is told with its place`() async throws {
        try await Bed().run { api async throws in
            let bad = ApplyRequest(files: [FileView(path: "a.yaml", contents: [0x61, 0x0A, 0xFF])]).json.string
            let answer = try await api.post("/definitions", bad)
            #expect(answer.text.contains("a.yaml:2:1: the file is not UTF-8"))
            let both = #"{"files":[{"path":"a","text":"x","base64":"eA=="}]}"#
            #expect(try await api.post("/definitions", both).text.contains("exclude each other"))
            #expect(try await api.post("/definitions", #"{"files":[{"path":"a"}]}"#).code == "invalid_request")
        }
    }

    @Test func `what people type is what the definition declares`() async throws {
        let bed = Bed()
        try await bed.run(kinds: ["swift.kind"]) { api in
            let definitions = """
                command: k
                run: [echo, "${args.sha}", "${args.n}"]
                parameters: {sha: {type: string}, n: {type: integer}}
                ---
                workflow: w
                parameters: {sha: {type: string}, n: {type: integer}}
                steps: {a: {run: k, with: {sha: "${params.sha}", n: "${params.n}"}}}
                """
            #expect(try await api.post("/definitions", Self.body(definitions)).status == 200)
            let typed = #"{"sha":"831877e8","n":"99999999999999999999"}"#
            let meant: JSONValue = ["sha": "831877e8", "n": .number(JSONNumber(lexeme: "99999999999999999999") ?? 0)]
            let job = try await api.post("/jobs", #"{"kind":"k","typedArguments":\#(typed)}"#)
            #expect(try await api.get("/jobs/\(job.id)").json["arguments"] == meant)
            let other = try await api.post("/jobs", #"{"kind":"swift.kind","typedArguments":{"a":"1","b":"x"}}"#)
            #expect(try await api.get("/jobs/\(other.id)").json["arguments"] == ["a": 1, "b": "x"])
            let run = try await api.post("/workflows", #"{"name":"w","typedParameters":\#(typed)}"#)
            #expect(run.json["parameters"] == meant)
            for both in [
                #"{"kind":"k","arguments":{},"typedArguments":{}}"#, #"{"kind":"k","typedArguments":{"n":1}}"#,
            ] {
                #expect(try await api.post("/jobs", both).code == "invalid_request")
            }
        }
    }

    @Test func `arguments that no program can be given are refused at submission`() async throws {
        try await Bed().run { api in
            let command = "command: k\nrun: [echo, \"${args.x}\"]\nparameters: {x: {type: string}}"
            #expect(try await api.post("/definitions", Self.body(command)).status == 200)
            let answer = try await api.post("/jobs", #"{"kind":"k","arguments":{"x":"a\u0000b"}}"#)
            #expect(answer.code == "invalid_arguments")
            #expect(answer.text.contains("zero byte"))
        }
    }
}
#endif
