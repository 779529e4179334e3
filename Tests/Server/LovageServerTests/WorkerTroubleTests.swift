import LovageAPI
import LovageCore
import LovageStore
import LovageWorker
import Testing

@testable import LovageServer

@Suite(.timeLimit(.minutes(5))) struct WorkerTroubleTests {
    @Test func `what keeps the worker from starting anything is said by health, readiness and explain`() async throws {
        let condition = WorkerCondition(now: { StoreTime(microseconds: 1_700_000_000_000_000) })
        let bed = Bed(condition: condition)
        try await bed.run { api in
            let job = try await api.post("/jobs", #"{"kind": "k", "arguments": {}}"#).id
            #expect(try await api.get("/health/ready").status == 200)
            #expect(try await api.get("/health").json["ready"] == true)
            #expect(try await api.get("/jobs/\(job)/explain").json["mayRun"] == true)

            condition.letDown(by: MachineTrouble(.disk, "no space left on the disk of /d"))
            let ready = try await api.get("/health/ready")
            #expect(ready.status == 503)
            #expect(ready.text.contains("no space left on the disk of /d"))
            let health = try await api.get("/health")
            #expect(health.json["ready"] == false)
            #expect(health.json["writable"] == true, "submissions are taken")
            let problem = try #require(health.json["problem"]?.stringValue)
            #expect(problem.contains("starts nothing since 2023-11-14T22:13:20"))
            #expect(problem.contains("free some space"))
            let explained = try await api.get("/jobs/\(job)/explain")
            #expect(explained.json["mayRun"] == false)
            #expect(explained.text.contains("worker_trouble"))
            #expect(explained.json["summary"]?.stringValue?.contains("no space left on the disk of /d") == true)

            // What it does not keep from running is explained as ever.
            _ = try await api.post("/queues/default/pause")
            #expect(try await api.get("/jobs/\(job)/explain").text.contains("queue_paused"))
        }
    }
}

@Suite struct ServerConfigurationTests {
    @Test(arguments: [1, 8, 18, 100, 500, 799, 800, 100_000])
    func `fits into the descriptors there are, and keeps places for short calls`(_ descriptors: Int) {
        var configuration = ServerConfiguration(version: "test")
        configuration.fit(into: descriptors)
        #expect(configuration.problems == [])
        #expect(configuration.mostConnections <= 800)
        #expect(configuration.mostConnections <= max(2, descriptors))
        #expect(configuration.mostWaits < configuration.mostConnections)
        if descriptors > 1_000 { #expect(configuration.mostConnections == 800 && configuration.mostWaits == 700) }
    }
}
