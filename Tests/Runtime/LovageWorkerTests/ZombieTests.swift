import Foundation
import LovageClient
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageTesting
import LovageWorker
import Testing

#if SQLite
import LovageSQLiteStore
#endif

/// A worker stands still for longer than its lease and wakes up while another one has its jobs. Whatever it still writes
/// is refused and counted, and the other's attempt does not notice. `LOVAGE_ZOMBIE_ROUNDS` asks for more than 200 rounds.
@Suite(.timeLimit(.minutes(10))) struct ZombieTests {
    private static let rounds =
        ProcessInfo.processInfo.environment["LOVAGE_ZOMBIE_ROUNDS"].flatMap { UInt64($0) } ?? 200

    @Test func `a worker that wakes up after its lease changes nothing in memory, whatever comes first`() async throws {
        let clock = TestClock()
        try await check(MemoryStore(clock: clock.now), clock)
    }

    @Test func `a worker that gets its own job again ends the attempt it has lost, in memory`() async throws {
        let clock = TestClock()
        try await checkAlone(MemoryStore(clock: clock.now), clock)
    }

    #if SQLite
    @Test func `a worker that wakes up after its lease changes nothing in SQLite, whatever comes first`() async throws {
        try await withSQLiteStore { try await check($0, $1) }
    }

    @Test func `a worker that gets its own job again ends the attempt it has lost, in SQLite`() async throws {
        try await withSQLiteStore { try await checkAlone($0, $1) }
    }

    private func withSQLiteStore(_ body: (any Store, TestClock) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lovage-zombies-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // What is left of a folder that cannot be removed is the next reader's nuisance.
        defer { try? FileManager.default.removeItem(at: folder) }
        let clock = TestClock()
        let store = try SQLiteStore(
            SQLiteConfiguration(
                path: folder.appendingPathComponent("store.db").path, durability: .relaxed, clock: .given(clock.now)))
        try await body(store, clock)
        try store.close()
    }
    #endif

    /// Every round refuses, and together they have seen every sort of write come too late.
    private func check(_ store: any Store, _ clock: TestClock) async throws {
        var refused = FrozenSource.Refused()
        for seed in 0..<Self.rounds {
            let before = await store.health().staleWrites
            let round = ZombieRound(seed, store, clock)
            let more = try await round.run()
            #expect(await store.health().staleWrites - before == more.all, "seed \(seed)")
            #expect(more.publications >= 1, "seed \(seed)")
            refused += more
        }
        print("\(Self.rounds) rounds: \(refused.all) writes under a dead fence, all refused (\(refused))")
        #expect(refused.publications > 0 && refused.ends > 0 && refused.renewals > 0)
    }

    private func checkAlone(_ store: any Store, _ clock: TestClock) async throws {
        for seed in 0..<Self.rounds / 4 { try await ZombieRound(seed, store, clock).runAlone() }
    }
}

/// One round: what is drawn, and what has to hold.
private final class ZombieRound {
    private let seed: UInt64
    private let store: any Store
    private let clock: TestClock
    private let client: Client
    private let log = MemoryLog()
    private var random: SplitMix64

    init(_ seed: UInt64, _ store: any Store, _ clock: TestClock) {
        self.seed = seed
        self.store = store
        self.clock = clock
        client = Client(store)
        random = SplitMix64(seed: seed)
    }

    /// The first worker stops, the second one takes over, the first one wakes up.
    func run() async throws -> FrozenSource.Refused {
        let count = Int.random(in: 1...3, using: &random)
        let secondEndsFirst = Bool.random(using: &random)
        let ids = try await client.submit((0..<count).map { _ in submission("work", client: client) })
        let first = RoundWorker("first", slots: count, store: store, log: log)
        let second = RoundWorker("second", slots: count, store: store, log: log)
        try await running(first) {
            await first.ledger.wait(for: "began", count: count)
            first.source.freeze()
            clock.advance(by: .seconds(31))
            #expect(try await store.sweep(upTo: 100) == count, "seed \(seed)")
            try await running(second) {
                await second.ledger.wait(for: "began", count: count)
                if secondEndsFirst { try await end(second, ids) }
                let held = try await jobs(ids)
                await wake(first)
                await first.ledger.wait(for: "ended", count: count)
                if !secondEndsFirst {
                    #expect(try await jobs(ids) == held, "seed \(seed): the first worker's writes changed something")
                    try await end(second, ids)
                }
            }
        }
        #expect(first.ledger.count("refused") == count, "seed \(seed)")
        #expect(second.ledger.count("published") == count && second.source.refused == FrozenSource.Refused())
        for id in ids { try await checkEnd(of: id) }
        return first.source.refused
    }

    /// The worker that stops has a slot left, and gets its own job again.
    func runAlone() async throws {
        let id = try await client.submit([submission("work", client: client)])[0]
        let worker = RoundWorker("first", slots: 2, store: store, log: log)
        try await running(worker) {
            await worker.ledger.wait(for: "began")
            worker.source.freeze()
            clock.advance(by: .seconds(31))
            let swept = try await store.sweep(upTo: 100)
            #expect(swept == 1, "seed \(seed)")
            await worker.source.thaw(&random)
            await worker.ledger.wait(for: "began", count: 2)
            // Only the attempt that has lost the job is told to stop; both go on when the latch opens.
            await worker.ledger.wait(for: "stopped 1")
            worker.latch.open()
            #expect(try await client.wait(for: id)?.outcome == .succeeded, "seed \(seed)")
            await worker.ledger.wait(for: "ended", count: 2)
        }
        #expect(worker.ledger.count("refused") == 1 && worker.ledger.count("published") == 1, "seed \(seed)")
        #expect(worker.ledger.count("stopped 2") == 0, "seed \(seed)")
        let attempts = try await store.attempts(of: id)
        #expect(attempts.map { $0.end?.name } == [.lost, .succeeded], "seed \(seed)")
    }

    /// What a process does when it goes on, in any order: its time jumps, its calls get through, its handlers go on.
    private func wake(_ zombie: RoundWorker) async {
        for step in [0, 1, 2].shuffled(using: &random) {
            switch step {
            case 0: zombie.clock.advance(by: .seconds(40))
            case 1: zombie.latch.open()
            default: await zombie.source.thaw(&random)
            }
            for _ in 0..<Int.random(in: 0...8, using: &random) { await Task.yield() }
        }
    }

    private func end(_ worker: RoundWorker, _ ids: [JobID]) async throws {
        worker.latch.open()
        for id in ids { #expect(try await client.wait(for: id)?.outcome == .succeeded, "seed \(seed)") }
    }

    private func jobs(_ ids: [JobID]) async throws -> [Job] {
        var jobs: [Job] = []
        for id in ids { jobs.append(try #require(try await client.job(id))) }
        return jobs
    }

    private func checkEnd(of id: JobID) async throws {
        let job = try #require(try await client.job(id))
        #expect(job.result == JSONValue.string("second").text(), "seed \(seed)")
        #expect(job.progress == Job.Progress(done: 1, total: 7), "seed \(seed)")
        #expect(job.attempts == 2, "seed \(seed)")
        let attempts = try await store.attempts(of: id)
        #expect(attempts.map { $0.end?.name } == [.lost, .succeeded], "seed \(seed)")
        // Output goes by attempt: the late lines stand in the log of the attempt that wrote them.
        for (attempt, name) in [(1, "first"), (2, "second")] {
            let chunk = try await log.read(AttemptKey(job: id, attempt: attempt), from: 0, upTo: 1_000)
            #expect(chunk?.pieces.map { String(decoding: $0.piece.bytes, as: UTF8.self) } == [name], "seed \(seed)")
        }
    }

    /// Runs a worker while `body` runs. It is stopped with its source as it is, which must be thawed by then.
    private func running(_ worker: RoundWorker, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.worker.run() }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}
