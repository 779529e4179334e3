import Foundation
import LovageAPI
import LovageCore
import LovageRemote
import LovageSimulation
import Testing

/// A disk that fails under the real binary, at the level of its system calls.
@Suite(.enabled(if: Strace.isUsable, Strace.absence), .timeLimit(.minutes(5)))
struct `A server on a failing disk` {
    /// Rounds of each sort of kill, or as many as `LOVAGE_FAULT_ROUNDS` says.
    private static let rounds =
        ProcessInfo.processInfo.environment["LOVAGE_FAULT_ROUNDS"].flatMap { Int($0) } ?? 4

    @Test(arguments: ["pwrite64", "fdatasync"])
    func `that is killed at its n-th write or sync loses nothing`(_ call: String) async throws {
        let bed = try await FaultBed()
        var random = Seeded(7)
        var kills = 0
        for round in 0..<Self.rounds {
            let when = Int.random(in: call == "pwrite64" ? 10...60 : 3...15, using: &random)
            let server = try await bed.startOrDie(
                under: Strace.wrapper(call, "signal=SIGKILL:when=\(when)", log: bed.folder.file("calls.\(round)")))
            guard let server else {
                kills += 1
                continue
            }
            // One that has survived all of that has not met its n-th call.
            kills += await bed.submitUntilGone(server) ? 1 : 0
            server.send(SIGKILL)
            #expect(await server.waitForEnd() == 128 + SIGKILL)
        }
        #expect(kills == Self.rounds)
        try await bed.check()
    }

    /// Only a checkpoint writes to the database file itself; the last one comes when the store is closed.
    @Test func `that is killed inside a checkpoint loses nothing`() async throws {
        let bed = try await FaultBed()
        var random = Seeded(8)
        for round in 0..<Self.rounds {
            let log = bed.folder.file("calls.\(round)")
            let when = Int.random(in: 1...8, using: &random)
            let server = try await bed.start(
                under: Strace.wrapper("pwrite64", "signal=SIGKILL:when=\(when)", on: [bed.database], log: log))
            await bed.submitUntilGone(server, most: 10)
            server.send(SIGTERM)
            #expect(await server.waitForEnd() == 128 + SIGKILL, "write \(when) of the checkpoint")
        }
        try await bed.check()
    }

    @Test func `that does not confirm a sync is not trusted again: the server ends, and what it answered is there`()
        async throws
    {
        let bed = try await FaultBed()
        var random = Seeded(9)
        for round in 0..<Self.rounds {
            let log = bed.folder.file("calls.\(round)")
            let when = Int.random(in: 4...20, using: &random)
            let server = try await bed.start(
                under: Strace.wrapper("fdatasync", "error=EIO:when=\(when)", log: log))
            await bed.submitUntilGone(server)
            #expect(await server.waitForEnd() == 74)
            // The store syncs from one thread at a time, and never after the one that failed.
            let calls = Strace.calls(in: log)
            let failed = try #require(calls.firstIndex { $0.contains("INJECTED") })
            #expect(!calls[failed...].dropFirst().contains { $0.contains("fdatasync(") })
        }
        let said = try String(contentsOf: bed.folder.file("server.log"), encoding: .utf8)
        #expect(said.contains("did not confirm"))
        try await bed.check()
    }

    @Test func `that is full for a while refuses with store_full, and goes on when there is room`() async throws {
        let bed = try await FaultBed()
        let log = bed.folder.file("calls")
        let files = [bed.database, URL(fileURLWithPath: bed.database.path + "-wal")]
        let server = try await bed.start(
            under: Strace.wrapper("pwrite64", "error=ENOSPC:when=60..90", on: files, log: log))
        var refusals = 0
        var acceptedAfterwards = 0
        for _ in 0..<2_000 where acceptedAfterwards < 20 {
            do {
                try await bed.submit(to: server)
                acceptedAfterwards += refusals > 0 ? 1 : 0
            } catch let error as RemoteError {
                guard case .refused(let problem, let status) = error.reason else { throw error }
                #expect(problem.code.name == "store_full")
                #expect(status == 507)
                #expect(problem.message.contains("no room"))
                refusals += 1
                acceptedAfterwards = 0
            }
        }
        #expect(refusals > 0)
        #expect(acceptedAfterwards == 20)
        // What ran while there was no room is recorded now, without a restart.
        let queue = try await server.client.join("default", within: .seconds(60))
        #expect(queue.waiting + queue.running == 0)
        // Other threads of the server may have their share of refusals still before them.
        var isWritable = false
        for _ in 0..<100 where !isWritable { isWritable = try await server.client.health().isWritable }
        #expect(isWritable)
        try await bed.drain(server)
        let end = try await bed.check()
        #expect(end.jobs.values.allSatisfy { $0.succeeded && $0.attempts.count == 1 })
    }

    @Test func `that takes half a second for a sync makes answers late and loses no lease`() async throws {
        let bed = try await FaultBed()
        let log = bed.folder.file("calls")
        let server = try await bed.start(
            ["--lease", "6s"], under: Strace.wrapper("fdatasync", "delay_exit=500000", log: log))
        let clock = ContinuousClock()
        // Longer than a lease, so that it lives by renewals.
        let long = try await bed.submit(to: server, pause: "8")
        for _ in 0..<5 {
            let start = clock.now
            try await bed.submit(to: server)
            #expect(clock.now - start >= .milliseconds(500))
        }
        #expect(try await server.client.wait(for: long, within: .seconds(60)).outcome == .succeeded)
        try await bed.drain(server)
        let end = try await bed.check()
        #expect(end.jobs.values.allSatisfy { $0.attempts.map(\.end) == [.succeeded] })
    }
}
