import Logging
import LovageAPI
import LovageCore
import LovageMemoryStore
import Testing

@testable import LovageServer

@Suite(.timeLimit(.minutes(5))) struct ChangeLogTests {
    @Test func `who changed what is told, and what was only read is not`() async throws {
        let lines = LogLines()
        let bed = Bed(logger: lines.logger)
        try await bed.run(at: .socket(path: "/s")) { api in
            let job = try await api.post("/jobs", #"{"kind":"k","arguments":{"secret":"s3cr3t"}}"#).id
            _ = try await api.post("/queues/default/pause")
            _ = try await api.post("/jobs/\(job)/cancel", #"{"reason":"s3cr3t"}"#)
            _ = try await api.post("/queues/default/purge")
            _ = try await api.post("/queues/nosuch/pause")
            _ = try await api.get("/jobs")
            let told = lines.atLeast(.debug).filter { $0.contains("Changed by") }
            #expect(
                told.map { String($0.split(separator: " ")[2]) } == [
                    "submitJob", "pauseQueue", "cancelJob", "purgeQueue",
                ])
            #expect(told.allSatisfy { $0.contains("the socket") && !$0.contains("s3cr3t") })
            #expect(told[0].contains(job) && told[1].contains("default") && told[2].contains(job))
            #expect(lines.atLeast(.info).count { $0.contains("Changed by") } == 3, "submissions are told at debug only")
        }
    }

    #if Commands
    @Test func `applying tells what it changed`() async throws {
        let lines = LogLines()
        try await Bed(logger: lines.logger).run { api in
            let body = ApplyRequest(files: [FileView(path: "a.yaml", text: "command: k.x\nrun: [ls]")]).json.string
            for _ in 0..<2 { _ = try await api.post("/definitions", body) }
            let told = lines.atLeast(.info).filter { $0.contains("Changed by") }
            #expect(told.map { $0.contains("command k.x v1") } == [true, false])
            #expect(told.allSatisfy { $0.contains("anybody on the open port") })
        }
    }
    #endif
}
