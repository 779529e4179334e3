import LovageAPI
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageTesting
import LovageWorkflow
import Testing

@testable import LovageServer

@Suite(.timeLimit(.minutes(5))) struct ExplainTests {
    /// `explain` and a claim must agree: over many random stores, for every job, "may run" is said exactly of those
    /// that live workers with free slots take.
    @Test(arguments: 0..<40) func `it says "may run" exactly of the jobs that claims take`(_ seed: Int) async throws {
        var random = Seeded(state: UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 &+ 1)
        let bed = Bed()
        let kinds: [Kind] = ["a", "b", "c"]
        let queues: [QueueName] = ["p", "q", "r"]
        var workers: [WorkerRecord] = []
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let offer = ClaimRule.Offer(
                kinds: Set(kinds.filter { _ in Bool.random(using: &random) }),
                queues: queues.filter { _ in Bool.random(using: &random) })
            let worker = WorkerRecord(
                id: WorkerID(UUIDv7(at: bed.store.now().wall, using: &random)), name: "w", offer: offer, slots: 1_000,
                isLocal: false)
            try await bed.store.register(worker, lease: .seconds(Int.random(in: 1...30, using: &random)))
            workers.append(worker)
        }
        for queue in queues where Int.random(in: 0..<3, using: &random) == 0 {
            try await bed.store.set(QueueSettings(isPaused: true), for: queue)
        }
        var ids: [JobID] = []
        for _ in 0..<30 {
            var options = JobOptions(queue: queues[Int.random(in: 0..<3, using: &random)])
            options.priority = Int8.random(in: -3...3, using: &random)
            if Int.random(in: 0..<4, using: &random) == 0 {
                options.start = .after(.seconds(Int.random(in: 0...10, using: &random)))
            }
            if Int.random(in: 0..<5, using: &random) == 0 {
                options.startWithin = .seconds(Int.random(in: 0...10, using: &random))
            }
            if Int.random(in: 0..<5, using: &random) == 0 {
                options.deadline = .seconds(Int.random(in: 0...10, using: &random))
            }
            let id = JobID(UUIDv7(at: bed.store.now().wall, using: &random))
            let kind = kinds[Int.random(in: 0..<3, using: &random)]
            _ = try await bed.store.submit([Submission(id: id, kind: kind, arguments: .null, options: options)])
            ids.append(id)
            switch Int.random(in: 0..<8, using: &random) {
            case 0: _ = try await bed.store.apply([JobChange(id, .cancelled(.requested("")))])
            case 1: _ = try await claim(bed.store, workers, limit: 1)
            default: break
            }
        }
        bed.clock.advance(by: .seconds(Int.random(in: 0...12, using: &random)))
        if Bool.random(using: &random) { _ = try await bed.store.promote(upTo: 100) }

        var sayMayRun = Set<JobID>()
        for id in ids {
            let job = try #require(try await bed.store.job(id))
            let view = try await JobExplainer(store: bed.store).explain(job)
            #expect(view.mayRun == view.reasons.isEmpty)
            if view.mayRun { sayMayRun.insert(id) }
        }
        let live = try await bed.store.workers().map(\.record)
        #expect(try await claim(bed.store, live, limit: 1_000) == sayMayRun)
    }

    private func claim(_ store: MemoryStore, _ workers: [WorkerRecord], limit: Int) async throws -> Set<JobID> {
        var taken = Set<JobID>()
        for worker in workers {
            let jobs = try await store.claim(
                ClaimRequest(worker: worker.id, offer: worker.offer, limit: limit, starting: limit, lease: .seconds(30))
            )
            taken.formUnion(jobs.map(\.id))
        }
        return taken
    }

    struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    @Test func `a limit that passed is named, before its sweep and after it`() async throws {
        let bed = Bed()
        try await bed.run { api in
            let window = try await api.post("/jobs", #"{"kind":"k","startWithinSeconds":5}"#).id
            let deadline = try await api.post("/jobs", #"{"kind":"k","deadlineSeconds":6}"#).id
            bed.clock.advance(by: .seconds(7))
            let missedWindow =
                "it did not start within 5 s of its submission (startWithin), by 2026-01-01T00:00:05.000Z"
            let overDeadline = "its deadline of 6 s after its submission, at 2026-01-01T00:00:06.000Z, is over"
            #expect(try await api.get("/jobs/\(window)/explain").text.contains(missedWindow))
            #expect(try await api.get("/jobs/\(deadline)/explain").text.contains(overDeadline))
            _ = try await bed.store.sweep(upTo: 10)
            #expect(
                try await api.get("/jobs/\(window)/explain").json["summary"] == .string("it expired: \(missedWindow)"))
            #expect(
                try await api.get("/jobs/\(deadline)/explain").json["summary"]
                    == .string("it failed (deadline): \(overDeadline)"))
        }
    }

    @Test func `a job behind thousands is told how many, and none of them is read`() async throws {
        let bed = Bed()
        try await bed.run { api in
            var random = Seeded(state: 7)
            var last = ""
            for _ in 0..<6 {
                let ids = (0..<1_000).map { _ in JobID(UUIDv7(at: bed.store.now().wall, using: &random)) }
                _ = try await bed.store.submit(
                    ids.map { Submission(id: $0, kind: "k", arguments: .null, options: JobOptions()) })
                last = ids.last?.description ?? ""
            }
            let view = try await api.get("/jobs/\(last)/explain")
            #expect(view.json["ahead"] == 5_999)
            #expect(view.text.contains("5999 jobs stand before it in its queue"))
        }
    }

    @Test func `each reason is a sentence with what to do`() async throws {
        let bed = Bed()
        try await bed.run(kinds: []) { api in
            let nobody = try await api.post("/jobs", #"{"kind":"k","unknownKind":"wait"}"#).id
            let first = try await api.get("/jobs/\(nobody)/explain")
            #expect(first.json["reasons"]?[0]?["code"] == "no_worker_for_kind")
            #expect(first.text.contains("no worker is alive"))

            try await bed.register()
            let free = try await api.get("/jobs/\(nobody)/explain")
            #expect(free.json["mayRun"] == true)
            #expect(
                free.json["summary"]
                    == "it may run now: it is the next of its queue, and 4 of 4 slots that can take it are free"
            )

            let typo = try await api.post("/jobs", #"{"kind":"kk","queue":"other","unknownKind":"wait"}"#).id
            #expect(try await api.get("/jobs/\(typo)/explain").text.contains("did you mean 'k'"))
            let elsewhere = try await api.post("/jobs", #"{"kind":"k","queue":"other","unknownQueue":"wait"}"#).id
            #expect(
                try await api.get("/jobs/\(elsewhere)/explain").text.contains(
                    "restart 'lovage up' with --queue default --queue other"))

            let late = try await api.post("/jobs", #"{"kind":"k","afterSeconds":90}"#).id
            #expect(
                try await api.get("/jobs/\(late)/explain").json["summary"]
                    == "it is delayed until 2026-01-01T00:01:30.000Z (in 90 s)")

            _ = try await api.post("/queues/default/pause")
            let second = try await api.post("/jobs", #"{"kind":"k"}"#).id
            let paused = try await api.get("/jobs/\(second)/explain")
            #expect(paused.json["reasons"]?[0]?["hint"] == "lovage queue resume default")
            #expect(paused.json["ahead"] == 1)
            _ = try await api.post("/queues/default/resume")

            let running = try #require(try await bed.claim().first)
            #expect(
                try await api.get("/jobs/\(running.id)/explain").json["summary"] == "attempt 1 runs on worker w1")
            try await bed.end(running, .failed(Failure(kind: "exit 7", message: "no such file")))
            let failed = try await api.get("/jobs/\(running.id)/explain").json
            #expect(failed["summary"] == "it failed (error): exit 7: no such file")
            #expect(failed["reasons"]?[0]?["hint"]?.stringValue == "lovage logs \(running.id)")
        }
    }
}
