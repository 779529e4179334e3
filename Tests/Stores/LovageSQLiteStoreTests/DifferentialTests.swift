#if SQLite
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageStoreContract
import Testing

@testable import LovageSQLiteStore

/// The SQLite store against the reference model: the same commands, the same answers, the same contents.
struct DifferentialTests {
    /// Few seeds here, in a debug build; `make test` goes on with 200,000 commands in a release build.
    private static let seeds = Array(UInt64(1)...20)

    @Test(.timeLimit(.minutes(5)), arguments: seeds)
    func `the same commands get the same answers, through kills and restarts`(seed: UInt64) async throws {
        let folder = try ScratchFolder()
        var number = 0
        var last: SQLiteStore?
        try await Differential(seed: seed).check(
            against: { MemoryStore(clock: $0.read) },
            open: { clock, end in
                switch end {
                case .killed:
                    try folder.copyAsAfterKill("\(number).db", to: "\(number + 1).db")
                    number += 1
                case .closed: try last?.close()
                case nil: break
                }
                let store = try folder.store("\(number).db", clock: clock)
                last = store
                return store
            })
    }

    @Test(.timeLimit(.minutes(5)))
    func `many callers at once leave what one caller after the other leaves`() async throws {
        let folder = try ScratchFolder()
        let clock = VirtualClock()
        let store = try folder.store(clock: clock)
        let model = MemoryStore(clock: clock.read)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<16 { group.addTask { try await Self.work(as: caller, on: store) } }
            try await group.waitForAll()
        }
        for caller in 0..<16 { try await Self.work(as: caller, on: model) }
        let (left, right) = (try await Self.dump(store), try await Self.dump(model))
        #expect(left.difference(from: right) == nil)
    }

    /// Submits, claims and ends jobs in a queue of its own, in bulk.
    private static func work(as caller: Int, on store: any Store) async throws {
        let queue = QueueName(trusted: "queue-\(caller)")
        let worker = WorkerID(UUIDv7(high: 0x0190_0000_0000_7002, low: 0x8000_0000_0000_0000 | UInt64(caller)))
        for round in 0..<10 {
            _ = try await store.submit(
                submissions(50, from: caller * 10_000 + round * 100, JobOptions(queue: queue)))
            let jobs = try await store.claim(
                ClaimRequest(
                    worker: worker, offer: ClaimRule.Offer(kinds: ["work"], queues: [queue]), limit: 40, starting: 40,
                    lease: .seconds(30)))
            let answers = try await store.apply(
                jobs.map { JobChange($0.id, .reported(fence: $0.fence, .succeeded(nil), entropy: 0)) })
            guard answers.count == 40 else { throw StoreError(.bug, attempted: "end 40 jobs", cause: "\(answers)") }
        }
    }

    /// A dump in which sequence numbers, which depend on who came first, are places in the queue.
    private static func dump(_ store: any Store) async throws -> StoreDump {
        var dump = try await StoreDump(of: store)
        var places: [QueueName: Int64] = [:]
        for index in dump.jobs.indices.sorted(by: { dump.jobs[$0].sequence < dump.jobs[$1].sequence }) {
            places[dump.jobs[index].queue, default: 0] += 1
            dump.jobs[index].sequence = places[dump.jobs[index].queue] ?? 0
        }
        return dump
    }
}
#endif
