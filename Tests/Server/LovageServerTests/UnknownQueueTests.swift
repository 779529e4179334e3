import LovageAPI
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageTesting
import LovageWorkflow
import Testing

@testable import LovageServer

@Suite(.timeLimit(.minutes(5))) struct UnknownQueueTests {
    @Test func `a queue that nobody has is refused by name, with what was meant, and nothing is stored`() async throws {
        let bed = Bed()
        try await bed.run(queues: ["default", "images"]) { api in
            let answer = try await api.post("/jobs", #"{"kind":"k","queue":"imagse"}"#)
            #expect(answer.status == 400)
            #expect(answer.code == "unknown_queue")
            #expect(answer.json["error"]?["field"] == "queue")
            #expect(answer.text.contains("nobody has the queue 'imagse'"))
            let hint = answer.json["error"]?["hint"]?.stringValue ?? ""
            for fix in ["did you mean 'images'?", "--queue", "unknownQueue: wait", "--unknown-queue wait"] {
                #expect(hint.contains(fix))
            }
            #expect(try await bed.store.queues().isEmpty, "nothing is stored")
            #expect(try await api.post("/jobs", #"{"kind":"k","queue":"images"}"#).status == 201)
        }
    }

    @Test func `many jobs are refused together, with the places of the wrong ones`() async throws {
        let bed = Bed()
        try await bed.run { api in
            let body = #"{"jobs":[{"kind":"k"},{"kind":"k","queue":"x"},{"kind":"k","queue":"x"}]}"#
            let answer = try await api.post("/jobs/bulk", body)
            #expect(answer.code == "unknown_queue")
            #expect(answer.json["error"]?["field"] == "jobs[1].queue")
            #expect(answer.text.contains("jobs[1], jobs[2]: nobody has the queue 'x'"))
            #expect(try await bed.store.queues().isEmpty)
        }
    }

    @Test func `a queue is known when it has settings, ever had a job, or is to wait for its worker`() async throws {
        let bed = Bed()
        try await bed.run { api in
            _ = try await api.call("PATCH", "/queues/set", #"{"capacity":9}"#)
            #expect(try await api.post("/jobs", #"{"kind":"k","queue":"set"}"#).status == 201)
            #expect(try await api.post("/jobs", #"{"kind":"k","queue":"later","unknownQueue":"wait"}"#).status == 201)
            #expect(try await api.post("/jobs", #"{"kind":"k","queue":"later"}"#).status == 201)
            let body = #"{"kind":"to.come","queue":"its.own","unknownKind":"wait"}"#
            #expect(try await api.post("/jobs", body).status == 201)
        }
    }

    @Test func `the queue of a definition counts as well`() async throws {
        let bed = Bed()
        let command = CommandDefinition(kind: "c", run: ["true"], options: JobOptions(queue: "disk"))
        _ = try await bed.store.save([DefinitionDraft(definition: .command(command), hash: "h")], files: [])
        try await bed.run { api in
            let refused = try await api.post("/jobs", #"{"kind":"c"}"#)
            #expect(refused.code == "unknown_queue")
            #expect(try await api.post("/jobs", #"{"kind":"c","queue":"default"}"#).status == 201)
        }
    }

    @Test(arguments: ["pause", "resume", "purge"])
    func `what is done to a queue that nobody has is refused`(verb: String) async throws {
        let bed = Bed()
        try await bed.run(queues: ["default", "mail"]) { api in
            let answer = try await api.post("/queues/mial/\(verb)")
            #expect(answer.code == "unknown_queue")
            #expect(answer.text.contains("did you mean 'mail'?"))
            #expect(try await bed.store.queues().isEmpty)
            #expect(try await api.post("/queues/mail/\(verb)").status == 200)
        }
    }

    #if Commands
    @Test func `a step or a command for a queue that nobody has is warned of`() async throws {
        try await Bed().run(queues: ["default", "small"]) { api in
            let text = """
                command: c
                run: [ls]
                queue: smal
                ---
                workflow: w
                steps: {a: {run: c, queue: other}, b: {run: c, queue: small}}
                """
            let body = ApplyRequest(files: [FileView(path: "a.yaml", text: text)]).json.string
            let warnings = try await api.post("/definitions", body).json["warnings"]?.arrayValue ?? []
            #expect(
                warnings == [
                    "a.yaml:3:1: queue: no live worker takes from the queue 'smal'; did you mean 'small'?",
                    "a.yaml:6:21: steps.a.queue: no live worker takes from the queue 'other'; start one with --queue other",
                ])
        }
    }
    #endif
}
