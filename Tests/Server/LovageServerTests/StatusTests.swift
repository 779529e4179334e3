import LovageAPI
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageTesting
import Testing

@testable import LovageServer

@Suite(.timeLimit(.minutes(5))) struct StatusTests {
    @Test func `one page says what runs, what waits and why, and what failed`() async throws {
        let bed = Bed()
        try await bed.run { api in
            let failed = try await api.post("/jobs", #"{"kind":"k","retries":0}"#)
            let claimed = try #require(try await bed.claim().first)
            try await bed.end(claimed, .failed(Failure(kind: "exit 3", message: "no such host")))
            let running = try await api.post("/jobs", #"{"kind":"k"}"#)
            _ = try await bed.claim()
            _ = try await api.post("/queues/default/pause")
            _ = try await api.post("/jobs", #"{"kind":"k"}"#)
            _ = try await api.post("/jobs", #"{"kind":"k","afterSeconds":60}"#)
            bed.clock.advance(by: .seconds(5))
            let page = try await api.get("/status").json
            #expect(page["troubles"] == [])
            #expect(page["health"]?["workers"] == 1)
            #expect(page["running"]?.arrayValue?.map { $0["id"]?.stringValue } == [running.id])
            #expect(page["running"]?[0]?["worker"]?.stringValue == bed.worker.description)
            #expect(page["running"]?[0]?["seconds"] == 5)
            #expect(page["failures"]?.arrayValue?.map { $0["id"]?.stringValue } == [failed.id])
            #expect(page["failures"]?[0]?["message"] == "no such host")
            let waits = page["waits"]?.arrayValue ?? []
            #expect(waits.first?["reason"]?.stringValue?.contains("queue default is paused") == true)
            #expect(waits.first?["hint"] == "lovage queue resume default")
        }
    }

    @Test func `a server without a worker is in trouble`() async throws {
        try await Bed().run(kinds: []) { api in
            let page = try await api.get("/status").json
            #expect(page["troubles"]?[0]?.stringValue?.contains("no worker") == true)
        }
    }

    @Test func `a failure of the day before yesterday is not shown`() async throws {
        let bed = Bed()
        try await bed.run { api in
            _ = try await api.post("/jobs", #"{"kind":"k","retries":0}"#)
            try await bed.end(
                try #require(try await bed.claim().first),
                .failed(Failure(kind: "exit 3", message: "x")))
            bed.clock.advance(by: .seconds(86_000))
            #expect(try await api.get("/status").json["failures"]?.arrayValue?.count == 1)
            bed.clock.advance(by: .seconds(1_000))
            #expect(try await api.get("/status").json["failures"] == [])
        }
    }
}
