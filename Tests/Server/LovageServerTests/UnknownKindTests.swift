import LovageAPI
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageTesting
import LovageWorkflow
import Testing

@testable import LovageServer

@Suite(.timeLimit(.minutes(5))) struct UnknownKindTests {
    private func define(_ kind: Kind, in bed: Bed, parameters: [Parameter] = []) async throws {
        let command = CommandDefinition(kind: kind, run: ["true"], parameters: parameters)
        _ = try await bed.store.save([DefinitionDraft(definition: .command(command), hash: "h")], files: [])
    }

    private func isEmpty(_ bed: Bed) async throws -> Bool {
        try await bed.store.jobs(JobFilter(), page: PageRequest()).items.isEmpty
    }

    @Test func `a kind that nobody has is refused by name, with what to do, and nothing is stored`() async throws {
        let bed = Bed()
        try await bed.run(kinds: []) { api in
            let answer = try await api.post("/jobs", #"{"kind":"mail.send"}"#)
            #expect(answer.status == 400)
            #expect(answer.code == "unknown_kind")
            #expect(answer.json["error"]?["field"] == "kind")
            #expect(answer.json["error"]?["message"]?.stringValue?.contains("'mail.send'") == true)
            let hint = answer.json["error"]?["hint"]?.stringValue ?? ""
            for fix in ["apply its definition", "start a worker", "unknownKind: wait", "--unknown-kind wait"] {
                #expect(hint.contains(fix))
            }
            #expect(!hint.contains("did you mean"))
            #expect(try await isEmpty(bed))
        }
    }

    @Test func `what was meant is looked for among definitions and among what workers run`() async throws {
        let bed = Bed()
        try await define("disk.clean", in: bed)
        try await bed.run(kinds: ["mail.send"]) { api in
            for (typed, meant) in [("mail.sned", "mail.send"), ("disk.claen", "disk.clean")] {
                let answer = try await api.post("/jobs", #"{"kind":"\#(typed)"}"#)
                #expect(answer.text.contains("did you mean '\(meant)'?"))
            }
        }
    }

    @Test func `a job that is to wait for a worker waits, and explain says for what`() async throws {
        let bed = Bed()
        try await bed.run(kinds: []) { api in
            let answer = try await api.post("/jobs", #"{"kind":"later","unknownKind":"wait"}"#)
            #expect(answer.status == 201)
            let explained = try await api.get("/jobs/\(answer.id)/explain")
            #expect(explained.json["reasons"]?[0]?["code"] == "no_worker_for_kind")
            #expect(try await api.post("/jobs", #"{"kind":"later","unknownKind":"refuse"}"#).code == "unknown_kind")
        }
    }

    @Test func `a kind that a worker runs is known for as long as the worker lives`() async throws {
        let bed = Bed()
        try await bed.run(kinds: ["swift.kind"]) { api in
            let alive = try await api.post("/jobs", #"{"kind":"swift.kind"}"#)
            #expect(alive.status == 201)
            bed.clock.advance(by: .seconds(31))
            let gone = try await api.post("/jobs", #"{"kind":"swift.kind"}"#)
            #expect(gone.code == "unknown_kind")
        }
    }

    @Test func `a kind that a definition describes is known while no worker lives`() async throws {
        let bed = Bed()
        try await define("disk.clean", in: bed)
        try await bed.run(kinds: []) { api in
            let answer = try await api.post("/jobs", #"{"kind":"disk.clean"}"#)
            #expect(answer.status == 201)
        }
    }

    @Test func `among many jobs each unknown kind is reported with its places, and none is stored`() async throws {
        let bed = Bed()
        try await define("disk.clean", in: bed, parameters: [Parameter(name: "path", isRequired: true)])
        try await bed.run { api in
            let jobs = [
                #"{"kind":"k"}"#, #"{"kind":"kk"}"#, #"{"kind":"disk.clean"}"#, #"{"kind":"other"}"#,
                #"{"kind":"kk"}"#, #"{"kind":"waits","unknownKind":"wait"}"#,
            ]
            let answer = try await api.post("/jobs/bulk", #"{"jobs":[\#(jobs.joined(separator: ","))]}"#)
            #expect(answer.status == 400)
            #expect(answer.code == "unknown_kind")
            #expect(answer.json["error"]?["field"] == "jobs[1].kind")
            #expect(answer.json["error"]?["hint"]?.stringValue?.hasPrefix("did you mean 'k'?") == true)
            let problems = (answer.json["error"]?["problems"]?.arrayValue ?? []).compactMap(\.stringValue)
            #expect(problems.count == 3)
            #expect(problems[0].hasPrefix("jobs[1], jobs[4]: nobody has the kind 'kk'"))
            #expect(problems[1].hasPrefix("jobs[3]: nobody has the kind 'other'"))
            #expect(problems[2].hasPrefix("jobs[2]: "))
            #expect(try await isEmpty(bed))
        }
    }

    @Test func `a whole bulk of one unknown kind is one problem`() async throws {
        let bed = Bed()
        try await bed.run { api in
            let jobs = Array(repeating: #"{"kind":"other"}"#, count: BulkRequest.mostJobs).joined(separator: ",")
            let answer = try await api.post("/jobs/bulk", #"{"jobs":[\#(jobs)]}"#)
            let problems = (answer.json["error"]?["problems"]?.arrayValue ?? []).compactMap(\.stringValue)
            #expect(problems.count == 1)
            #expect(problems[0].hasPrefix("jobs[0], jobs[1], jobs[2] and 997 more: "))
            #expect(try await isEmpty(bed))
        }
    }

    @Test func `jobs that are to wait for a worker are stored among many`() async throws {
        let bed = Bed()
        try await bed.run { api in
            let answer = try await api.post(
                "/jobs/bulk", #"{"jobs":[{"kind":"k"},{"kind":"later","unknownKind":"wait"}]}"#)
            #expect(answer.json["answers"]?.arrayValue?.map { $0["answer"]?.stringValue } == ["created", "created"])
        }
    }
}
