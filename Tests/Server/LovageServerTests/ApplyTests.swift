#if Commands
import LovageAPI
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageWorkflow
import Testing

@testable import LovageServer

@Suite(.timeLimit(.minutes(1))) struct ApplyTests {
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
            #expect(answer.text.contains("a.yaml:2:13: steps.a.with: command 'ops.flaky' needs the argument 'name'"))
        }
    }

    @Test func `a file is sent as text or in base64, and what is not UTF-8 is told with its place`() async throws {
        try await Bed().run { api in
            let bad = ApplyRequest(files: [FileView(path: "a.yaml", contents: [0x61, 0x0A, 0xFF])]).json.string
            #expect(try await api.post("/definitions", bad).text.contains("a.yaml:2:1: the file is not UTF-8"))
            let both = #"{"files":[{"path":"a","text":"x","base64":"eA=="}]}"#
            #expect(try await api.post("/definitions", both).text.contains("exclude each other"))
            #expect(try await api.post("/definitions", #"{"files":[{"path":"a"}]}"#).code == "invalid_request")
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
