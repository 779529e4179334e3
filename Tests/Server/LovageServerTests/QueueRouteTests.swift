import LovageAPI
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageTesting
import Testing

@testable import LovageServer

@Suite(.timeLimit(.minutes(5))) struct QueueRouteTests {
    @Test func `a queue is paused, resumed, bounded, purged and listed`() async throws {
        let bed = Bed()
        try await bed.run { api in
            try await bed.register()
            #expect(try await api.get("/queues/task:prodcons:queue").json["waiting"] == 0)
            for _ in 0..<3 { _ = try await api.post("/jobs", #"{"kind":"k"}"#) }
            bed.clock.advance(by: .seconds(4))
            let queues = try await api.get("/queues")
            #expect(queues.json["queues"]?[0]?["ready"] == 3)
            #expect(queues.json["queues"]?[0]?["oldestReadySeconds"] == 4)

            #expect(try await api.post("/queues/default/pause").json["paused"] == true)
            #expect(try await bed.claim().isEmpty)
            #expect(try await api.post("/queues/default/resume").json["paused"] == false)
            #expect(try await bed.claim().count == 1)

            let changed = try await api.call(
                "PATCH", "/queues/default", #"{"capacity":9,"keepFinishedForSeconds":60,"keepFinishedCount":5}"#)
            #expect(changed.json["capacity"] == 9)
            let removed = try await api.call("PATCH", "/queues/default", #"{"capacity":null}"#)
            #expect(removed.json["capacity"] == .null)
            #expect(removed.json["keepFinishedCount"] == 5)
            #expect(try await bed.store.settings(of: "default").keepFinishedFor == .seconds(60))

            #expect(try await api.post("/queues/default/purge").json["purged"] == 2)
            #expect(try await api.get("/queues/default").json["waiting"] == 0)
        }
    }

    @Test(arguments: [
        #"{"capacity":0}"#, #"{"capacity":"9"}"#, #"{"keepFinishedForSeconds":-1}"#, #"{"keepFinishedForSeconds":0}"#,
        #"{"size":3}"#,
    ])
    func `a wrong change of a queue changes nothing`(_ body: String) async throws {
        let bed = Bed()
        try await bed.run { api in
            let answer = try await api.call("PATCH", "/queues/q", body)
            #expect(answer.status == 400)
            #expect(try await bed.store.settings(of: "q") == QueueSettings())
        }
    }

    @Test func `joining a queue waits until nothing waits or runs`() async throws {
        let bed = Bed()
        try await bed.run { api in
            try await bed.register()
            _ = try await api.post("/jobs", #"{"kind":"k"}"#)
            async let joined = api.get("/queues/default/wait?timeout=60")
            await bed.clock.sleepers(atLeast: 1)
            let job = try #require(try await bed.claim().first)
            try await bed.end(job, .succeeded(nil))
            #expect(try await joined.json["running"] == 0)
            #expect(try await api.get("/queues/never-used/wait").json["waiting"] == 0)
        }
    }

    @Test func `workers and health say what there is`() async throws {
        let bed = Bed()
        try await bed.run { api in
            try await bed.register(kinds: ["b", "a"], queues: ["q", "p"], slots: 3)
            bed.clock.advance(by: .seconds(10))
            let worker = try await api.get("/workers").json["workers"]?[0]
            #expect(worker?["kinds"] == ["a", "b"])
            #expect(worker?["queues"] == ["q", "p"])
            let health = try await api.get("/health")
            #expect(health.json["engine"] == "memory")
            #expect(health.json["slots"] == 3)
            #expect(health.json["uptimeSeconds"] == 10)
            #expect(health.json["staleWrites"] == 0)
            #expect(health.json["lossWindow"]?.stringValue?.isEmpty == false)
            #expect(try await api.get("/health/live").json["ok"] == true)
            #expect(try await api.get("/health/ready").json["ok"] == true)
            _ = try await bed.store.renew(
                bed.worker, lease: .seconds(30),
                holding: [Hold(id: JobID(UUIDv7(high: 0x7000, low: 1 << 63)), fence: 1)])
            #expect(try await api.get("/health").json["staleWrites"] == 1)
            bed.clock.advance(by: .seconds(60))
            #expect(try await api.get("/workers").json["workers"] == [])
        }
    }
}
