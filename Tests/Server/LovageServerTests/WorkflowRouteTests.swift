import LovageAPI
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageTesting
import LovageWorkflow
import Testing

@testable import LovageServer

@Suite(.timeLimit(.minutes(5))) struct WorkflowRouteTests {
    static let files = #"""
        {"files":[{"path":"backup.yaml","text":"command: list\nrun: [ls, \"${args.folder}\"]\nparameters:\n  folder: {type: string, required: true}\n---\nworkflow: backup\nparameters:\n  folder: {type: string, default: /tmp}\nsteps:\n  inventory:\n    run: list\n    with: {folder: \"${params.folder}\"}\n  check:\n    needs: [inventory]\n    run: list\n    with: {folder: \"${params.folder}\"}\n"}]}
        """#

    private func apply(_ api: API) async throws {
        let applied = try await api.post("/definitions", Self.files)
        try #require(applied.status == 200, "\(applied.text)")
    }

    @Test func `definitions are checked first, then stored, and shown`() async throws {
        try await Bed().run { api in
            let dry = try await api.post(
                "/definitions", Self.files.replacing(#"{"files""#, with: #"{"dryRun":true,"files""#))
            #expect(dry.json["definitions"]?.arrayValue?.map { $0["change"] } == ["created", "created"])
            #expect(try await api.get("/definitions").json["definitions"] == [])
            try await apply(api)
            let again = try await api.post("/definitions", Self.files)
            #expect(again.json["definitions"]?.arrayValue?.map { $0["change"] } == ["unchanged", "unchanged"])
            let workflow = try await api.get("/definitions/workflow/backup")
            #expect(workflow.json["steps"]?[1]?["needs"] == ["inventory"])
            #expect(workflow.json["version"] == 1)
            let graph = try await api.get("/definitions/workflow/backup/graph")
            #expect(graph.json["dot"]?.stringValue?.contains("->") == true)
            let near = try await api.get("/definitions/workflow/bakup")
            #expect(near.json["error"]?["hint"] == "did you mean 'backup'?")
            #expect(try await api.get("/definitions/schedule/x").status == 404)
        }
    }

    @Test func `every problem of uploaded definitions is reported at once, and nothing is stored`() async throws {
        try await Bed().run { api in
            let bad =
                #"{"files":[{"path":"a.yaml","text":"workflow: w\nsteps:\n  one: {run: nothing, needs: [two]}\n"}]}"#
            let answer = try await api.post("/definitions", bad)
            #expect(answer.status == 400)
            #expect(answer.code == "invalid_definition")
            #expect((answer.json["error"]?["problems"]?.arrayValue?.count ?? 0) >= 2)
            #expect(answer.text.contains("a.yaml:3"))
            #expect(try await api.get("/definitions").json["definitions"] == [])
        }
    }

    @Test func `a run is started, shown step by step, explained, waited for and listed`() async throws {
        let bed = Bed()
        try await bed.run { api in
            try await apply(api)
            try await bed.register(kinds: ["list"])
            let started = try await api.post("/workflows", #"{"name":"backup","parameters":{"folder":"/data"}}"#)
            #expect(started.status == 201)
            #expect(started.json["steps"]?.arrayValue?.map { $0["state"] } == ["running", "waiting"])
            let explained = try await api.get("/workflows/\(started.id)/explain")
            #expect(explained.json["steps"]?[1]?["reasons"]?[0]?["message"] == "it waits for inventory")

            async let waited = api.get("/workflows/\(started.id)/wait?timeout=60")
            await bed.clock.sleepers(atLeast: 1)
            for _ in 0..<2 {
                let job = try #require(try await bed.claim(kinds: ["list"]).first)
                bed.clock.advance(by: .seconds(3))
                try await bed.end(job, .succeeded(nil))
            }
            let done = try await waited
            #expect(done.json["outcome"] == "succeeded")
            #expect(done.json["steps"]?.arrayValue?.map { $0["seconds"] } == [3, 3])
            #expect(done.json["steps"]?.arrayValue?.map { $0["attempts"] } == [1, 1])
            #expect(done.json["seconds"] == 6)
            let finished = try await api.get("/workflows?state=finished&name=backup&outcome=succeeded")
            #expect(finished.json["items"]?.arrayValue?.count == 1)
            #expect(try await api.get("/jobs?workflow=\(started.id)").json["items"]?.arrayValue?.count == 2)
            #expect(try await api.get("/workflows?state=running").json["items"] == [])
        }
    }

    @Test func `a wrong start of a run says what is wrong with it`() async throws {
        try await Bed().run { api in
            try await apply(api)
            let unknown = try await api.post("/workflows", #"{"name":"backups"}"#)
            #expect(unknown.code == "unknown_definition")
            #expect(unknown.json["error"]?["hint"] == "did you mean 'backup'?")
            let invalid = try await api.post("/workflows", #"{"name":"backup","parameters":{"folder":3,"x":1}}"#)
            #expect(invalid.code == "invalid_arguments")
            #expect(invalid.json["error"]?["problems"]?.arrayValue?.count == 2)
            #expect(try await api.post("/workflows", #"{"name":"a b"}"#).code == "invalid_request")
            let nowhere = "/workflows/01930a3e-0000-7000-8000-000000000000"
            #expect(try await api.get(nowhere).code == "unknown_workflow")
            #expect(try await api.post("\(nowhere)/cancel").code == "unknown_workflow")
            #expect(try await api.post("\(nowhere)/retry").code == "unknown_workflow")
            #expect(try await api.get("\(nowhere)/wait").code == "unknown_workflow")
            #expect(try await api.get("\(nowhere)/explain").code == "unknown_workflow")
        }
    }

    @Test func `a run that failed or was cancelled is retried as a whole, in the versions it ran or in the newest`()
        async throws
    {
        let bed = Bed()
        try await bed.run { api in
            try await apply(api)
            try await bed.register(kinds: ["list"])
            let run = try await api.post("/workflows", #"{"name":"backup"}"#)
            let path = "/workflows/\(run.id)/retry"
            #expect(try await api.post(path).json["error"]?["hint"] == "wait for its end")
            try await bed.end(bed.claim(kinds: ["list"])[0], .failed(Failure(kind: "exit 1", message: "")))
            let first = try await api.post(path)
            #expect(first.json["state"] == "running")
            #expect(first.json["retried"]?.arrayValue?.map { $0["name"] } == ["inventory"])
            #expect(first.json["retried"]?[0]?["definition"] == 1)
            #expect(try await api.post("/workflows/\(run.id)/cancel").json["outcome"] == "cancelled")
            _ = try await api.post("/definitions", Self.files.replacing("run: [ls,", with: "run: [ls, -l,"))
            let second = try await api.post(path, #"{"latest":true}"#)
            #expect(second.json["retried"]?.arrayValue?.map { $0["name"] } == ["inventory", "check"])
            #expect(second.json["retried"]?.arrayValue?.map { $0["definition"] } == [2, 2])
            let jobs = try await api.get("/jobs?workflow=\(run.id)").json["items"]?.arrayValue ?? []
            #expect(Set(jobs.compactMap { $0["state"]?.stringValue }) == ["ready", "suspended"])
            for _ in 0..<2 { try await bed.end(bed.claim(kinds: ["list"])[0], .succeeded(nil)) }
            #expect(try await api.get("/workflows/\(run.id)").json["outcome"] == "succeeded")
            let over = try await api.post(path)
            #expect(over.code == "not_retryable")
            #expect(over.json["error"]?["hint"] == "start a new one: lovage workflow run backup")
        }
    }

    @Test func `a cancelled run takes its jobs with it`() async throws {
        let bed = Bed()
        try await bed.run { api in
            try await apply(api)
            let run = try await api.post("/workflows", #"{"name":"backup"}"#)
            let cancelled = try await api.post("/workflows/\(run.id)/cancel", #"{"reason":"wrong day"}"#)
            #expect(cancelled.json["outcome"] == "cancelled")
            #expect(cancelled.json["reason"] == "wrong day")
            let jobs = try await api.get("/jobs?workflow=\(run.id)&state=ready")
            #expect(jobs.json["items"] == [])
        }
    }
}
