#if DEBUG
import Foundation
import GRDB
import LovageCore
import LovageRemote
import LovageSimulation
import Synchronization
import Testing

/// The power goes while the server works. Its data lies on a disk that forgets what was not synced; the ledger, and what
/// was acknowledged, lie elsewhere.
@Suite(
    .enabled(if: LoopDisk.absence == nil, "\(LoopDisk.absence ?? "")"), .serialized, .timeLimit(.minutes(30)))
struct `A power cut` {
    /// Cuts of the run, or as many as `LOVAGE_POWER_CUTS` says.
    private static let cuts = ProcessInfo.processInfo.environment["LOVAGE_POWER_CUTS"].flatMap { Int($0) } ?? 5

    @Test func `loses nothing that was acknowledged`() async throws {
        let run = try await Run()
        for _ in 0..<Self.cuts { try await run.cutOnce([]) }
        let (acknowledged, end, ledger) = try await run.end()
        print(
            "\(Self.cuts) power cuts, \(acknowledged.jobs.count) jobs and \(acknowledged.runs.count) runs acknowledged,",
            "\(end.jobs.values.count { job in job.attempts.contains { $0.end == .lost || $0.end == .lostUnstarted } })",
            "jobs hit")
        #expect(acknowledged.jobs.count >= Self.cuts, "too little was acknowledged to prove anything")
        #expect(LedgerCheck.violations(ledger, acknowledged: acknowledged.jobs, jobs: end.jobs) == [])
        #expect(RunCheck.violations(ledger, acknowledged: acknowledged.runs, runs: end.runs) == [])
    }

    /// The control: were the cut no cut, or the check blind, this would find nothing either.
    @Test func `does lose what was acknowledged when durability is relaxed, as is said at the start`() async throws {
        let run = try await Run()
        var lost = 0
        for _ in 0..<10 where lost == 0 {
            try await run.cutOnce(["--durability", "relaxed"])
            let server = try await run.start([])
            let known = try await Recorded.now(of: server.client).jobs
            lost = run.load.acknowledged.jobs.count { known[$0] == nil }
            await server.crash()
        }
        print("relaxed durability: \(lost) of \(run.load.acknowledged.jobs.count) acknowledged jobs lost")
        #expect(lost > 0)
        let (acknowledged, end, ledger) = try await run.end()
        let found = LedgerCheck.violations(ledger, acknowledged: acknowledged.jobs, jobs: end.jobs)
        #expect(found.contains { if case .lost = $0 { true } else { false } }, "the check is blind")
    }

    /// A disk, a ledger beside it, and the servers that work on it.
    private final class Run: Sendable {
        let disk: LoopDisk
        let folder: TestFolder
        let load = KillLoad()
        private let random: Mutex<Seeded>

        init() async throws {
            disk = try LoopDisk()
            folder = try TestFolder()
            random = Mutex(Seeded(11))
            // A server that is cut off before its first script has run leaves none.
            try Data().write(to: folder.file("ledger"))
            try KillLoad.define(in: folder)
            let server = try await start([])
            #expect(try await server.lovage("apply", folder.file("definitions").path).code == 0)
            await server.crash()
        }

        private var data: URL { disk.mount.appendingPathComponent("data") }

        func start(_ arguments: [String]) async throws -> RunningServer {
            try await RunningServer(
                in: folder, data: data, arguments: ["--slots", "4"] + arguments,
                environment: ["LEDGER": folder.file("ledger").path])
        }

        /// Loads a server and cuts its power at a drawn moment.
        func cutOnce(_ arguments: [String]) async throws {
            let server = try await start(arguments)
            let moment = random.withLock { Duration.milliseconds(Int.random(in: 100...1_500, using: &$0)) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await self.load.run(on: server.client) }
                group.addTask {
                    await self.load.grow()
                    try await ContinuousClock().sleep(for: moment)
                    // A machine without power runs nothing: the process must not take an error of the dead disk for an
                    // answer, nor an fsync that raced with the cut for a success.
                    try await server.freeze()
                    try self.disk.cut()
                    server.send(SIGKILL)
                }
                _ = await server.waitForEnd()
                try await group.waitForAll()
            }
            try await disk.mountAgain()
            #expect(try integrity() == "ok")
        }

        /// What SQLite says of a copy of the files as the cut left them.
        private func integrity() throws -> String? {
            for suffix in ["", "-wal"] {
                let copy = folder.file("copy.db\(suffix)")
                // The first time there is none.
                try? FileManager.default.removeItem(at: copy)
                let file = data.appendingPathComponent("lovage.db\(suffix)")
                if FileManager.default.fileExists(atPath: file.path) {
                    try FileManager.default.copyItem(at: file, to: copy)
                }
            }
            let database = try DatabaseQueue(path: folder.file("copy.db").path)
            return try database.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
        }

        /// Lets a sound server bring everything to its end.
        func end() async throws -> (KillLoad.Acknowledged, Recorded, Ledger) {
            let server = try await start([])
            let end = try await Recorded.afterTheEnd(of: server.client)
            server.send(SIGTERM)
            #expect(await server.waitForEnd() == 0)
            // None where no script has run at all.
            let written = FileManager.default.contents(atPath: folder.file("ledger").path) ?? Data()
            let ledger = Ledger(text: String(decoding: written, as: UTF8.self))
            return (load.acknowledged, end, ledger)
        }
    }
}
#endif
