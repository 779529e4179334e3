#if SQLite
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageStoreContract
import Testing

@testable import LovageSQLiteStore

/// The SQLite store against the reference model: the same commands, the same answers, the same contents.
struct DifferentialTests {
    private static let seeds = Array(UInt64(1)...40)

    @Test(.timeLimit(.minutes(5)), arguments: seeds)
    func `the same commands get the same answers, through kills and restarts`(seed: UInt64) async throws {
        let folder = try ScratchFolder()
        let clock = VirtualClock()
        let model = MemoryStore(clock: clock.read)
        var store = try folder.store("0.db", clock: clock)
        var source = CommandSource(seed: seed, clock: clock)
        for step in 1...400 {
            let command = source.next()
            let expected = await command.run(on: model)
            let answer = await command.run(on: store)
            try #require(answer == expected, "seed \(seed), step \(step): \(command)")
            source.note(answer)
            if step.isMultiple(of: 50) {
                let difference = try await StoreDump(of: store).difference(from: StoreDump(of: model))
                try #require(difference == nil, "seed \(seed), step \(step)")
            }
            if step.isMultiple(of: 130) {
                // As after a kill: the files as they are on the disk, without a word to the store that wrote them.
                try folder.copyAsAfterKill("\(step / 130 - 1).db", to: "\(step / 130).db")
                store = try folder.store("\(step / 130).db", clock: clock)
            } else if step.isMultiple(of: 90) {
                try store.close()
                store = try folder.store("\(step / 130).db", clock: clock)
            }
        }
    }

    @Test(.timeLimit(.minutes(2)))
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
