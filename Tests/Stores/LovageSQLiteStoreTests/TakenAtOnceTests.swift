#if SQLite
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageStoreContract
import Testing

@testable import LovageSQLiteStore

/// A job that a waiting claim takes is stored as it runs, and must not differ from one that was stored first and claimed
/// then, as the model does it.
struct TakenAtOnceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var options = JobOptions()
        var settings = QueueSettings()
        var starting = 4
        var isTaken = true
    }

    static let cases = [
        Case(testDescription: "a plain job"),
        Case(testDescription: "a job of high priority", options: JobOptions(priority: 9)),
        Case(testDescription: "a job that is read ahead", starting: 0),
        Case(
            testDescription: "a job with a window and a deadline",
            options: JobOptions(startWithin: .seconds(5), deadline: .seconds(9))),
        Case(testDescription: "a job with a key", options: JobOptions(idempotencyKey: "k", unique: .allArguments)),
        Case(testDescription: "a job in a bounded queue", settings: QueueSettings(capacity: 3)),
        Case(
            testDescription: "a job that is due later", options: JobOptions(start: .after(.seconds(5))), isTaken: false),
        Case(testDescription: "a job in a paused queue", settings: QueueSettings(isPaused: true), isTaken: false),
        Case(testDescription: "a job of another queue", options: JobOptions(queue: "other"), isTaken: false),
        Case(testDescription: "a job whose window is over", options: JobOptions(startWithin: .zero), isTaken: false),
    ]

    @Test(.timeLimit(.minutes(5)), arguments: cases)
    func `is as if it had been stored before it was claimed`(_ test: Case) async throws {
        let folder = try ScratchFolder()
        let clock = VirtualClock()
        let store = try folder.store(clock: clock)
        let model = MemoryStore(clock: clock.read)
        let request = Self.request(upTo: 4, starting: test.starting)
        func taken(by store: any Store, waits: () -> Bool) async throws -> [Job] {
            try await store.set(test.settings, for: "default")
            let ticket = ClaimTicket()
            async let claimed = store.claim(request, waiting: ticket)
            while !waits() { await Task.yield() }
            #expect(try await store.submit(submissions(1, test.options)) == [.created(submissions(1)[0].id)])
            if !test.isTaken { ticket.withdraw() }
            let jobs = try await claimed
            // What came without it is found as ever.
            _ = try await store.submit(submissions(1, from: 2))
            return jobs
        }
        let jobs = try await taken(by: store) { store.writes.hasWaitingClaims }
        #expect(jobs.count == (test.isTaken ? 1 : 0))
        #expect(try await taken(by: model) { true } == jobs)
        #expect(try await StoreDump(of: store).difference(from: StoreDump(of: model)) == nil)
        let ends = jobs.map {
            JobChange($0.id, .reported(fence: $0.fence, .succeeded(nil), entropy: 0))
        }
        #expect(try await store.apply(ends) == model.apply(ends))
        #expect(try await StoreDump(of: store).difference(from: StoreDump(of: model)) == nil)
    }

    @Test(.timeLimit(.minutes(5)))
    func `of several the best is taken, and a second claim gets the second`() async throws {
        let store = try ScratchFolder().store()
        let request = Self.request(upTo: 1)
        async let first = store.claim(request, waiting: ClaimTicket())
        while !store.writes.hasWaitingClaims { await Task.yield() }
        let bulk = submissions(1) + submissions(1, from: 2, JobOptions(priority: 5))
        _ = try await store.submit(bulk)
        #expect(try await first.map(\.id) == [bulk[1].id])
        #expect(try await store.claim(request, waiting: ClaimTicket()).map(\.id) == [bulk[0].id])
        async let third = store.claim(request, waiting: ClaimTicket())
        while !store.writes.hasWaitingClaims { await Task.yield() }
        // The same id again is no new job, and nothing to take.
        #expect(try await store.submit(submissions(1)) == [.repeated(bulk[0].id)])
        _ = try await store.submit(submissions(1, from: 3))
        #expect(try await third.map(\.id) == submissions(1, from: 3).map(\.id))
    }

    @Test(.timeLimit(.minutes(5)))
    func `what came before it in the same commit goes first`() async throws {
        let gate = GroupCommitTests.Gate()
        let store = try ScratchFolder().store(faults: gate.faults)
        async let claimed = store.claim(Self.request(upTo: 1), waiting: ClaimTicket())
        while !store.writes.hasWaitingClaims { await Task.yield() }
        gate.arm()
        async let elsewhere = store.submit(submissions(1, JobOptions(queue: "other")))
        await gate.waitUntilReached()
        async let bulk = store.submit(submissions(2, from: 2))
        while store.writes.waitingCount < 1 { await Task.yield() }
        async let single = store.submit(submissions(1, from: 4))
        while store.writes.waitingCount < 2 { await Task.yield() }
        gate.release()
        #expect(try await claimed.map(\.id) == [submissions(1, from: 2)[0].id])
        _ = try await (elsewhere, bulk, single)
    }

    /// What makes it worth while: one that is stored first and claimed then is written twice.
    @Test(.timeLimit(.minutes(5)))
    func `is written once, as is one that nobody takes`() async throws {
        let store = try ScratchFolder().store()
        func rowsChanged(by index: Int) async throws -> Int64 {
            let before = try await Self.changes(in: store)
            _ = try await store.submit(submissions(1, from: index))
            return try await Self.changes(in: store) - before
        }
        // The first job writes down its queue, and the first claim the lease of its worker.
        _ = try await rowsChanged(by: 1)
        let left = try await rowsChanged(by: 2)
        #expect(try await store.claim(Self.request(upTo: 2)).count == 2)
        async let claimed = store.claim(Self.request(upTo: 1), waiting: ClaimTicket())
        while !store.writes.hasWaitingClaims { await Task.yield() }
        #expect(try await rowsChanged(by: 3) == left)
        #expect(try await claimed.count == 1)
    }

    private static func changes(in store: SQLiteStore) async throws -> Int64 {
        try await store.writes.write("count changes") { try $0.connection.number("SELECT total_changes()") }
    }

    private static func request(upTo limit: Int, starting: Int = 1) -> ClaimRequest {
        ClaimRequest(
            worker: worker, offer: ClaimRule.Offer(kinds: ["work"], queues: ["default"]), limit: limit,
            starting: starting, lease: .seconds(30))
    }
}
#endif
