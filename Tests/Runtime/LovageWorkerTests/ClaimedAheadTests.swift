import LovageClient
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageTesting
import LovageWorker
import Testing

/// A worker holds what it claims ahead of its time, and begins it then.
@Suite(.timeLimit(.minutes(5))) struct ClaimedAheadTests {
    private let clock = TestClock()
    private let store: MemoryStore
    private let client: Client
    private let ledger = Ledger()
    private let due: StoreTime

    init() {
        store = MemoryStore(clock: clock.now)
        client = Client(store)
        due = store.now().store + .seconds(10)
    }

    /// Runs a worker that looks a second ahead and has been given a job that is due in 800 ms.
    private func holding(_ options: JobOptions = JobOptions(), _ body: (JobID) async throws -> Void) async throws {
        var options = options
        options.start = .after(.seconds(10))
        let id = try await client.submit([submission("work", options, client: client)])[0]
        let handlers = registry("work") { [ledger, store] _, _ in
            ledger.write("\(store.now().store)")
            return Task.isCancelled ? .failed(Failure(kind: "cancelled", message: "")) : .succeeded(nil)
        }
        let worker = Worker(
            configuration: WorkerConfiguration(slots: 1, claimAhead: .seconds(1)), handlers: handlers, client: client,
            logger: quietLogger, timekeeper: clock.timekeeper)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            // The heartbeat, the look at the lease and the look at the threads.
            await clock.sleepers(atLeast: 3)
            clock.advance(by: .milliseconds(9_200))
            _ = try await store.promote(upTo: 1)
            await clock.sleepers(atLeast: options.hardLimit == nil ? 4 : 5)
            try await body(id)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test func `it begins at its time, and not before`() async throws {
        try await holding { id in
            guard case .running(let lease)? = try await client.job(id)?.state else {
                Issue.record("nobody has claimed it")
                return
            }
            #expect(lease.claimed == due)
            #expect(lease.started == nil)
            clock.advance(by: .milliseconds(799))
            // It sleeps on for the rest: the four are there again once it does.
            await clock.sleepers(atLeast: 4)
            #expect(ledger.lines == [])
            clock.advance(by: .milliseconds(1))
            let job = try #require(try await client.wait(for: id))
            #expect(job.outcome == .succeeded)
            #expect(job.started == due)
            #expect(ledger.lines == ["\(due)"])
        }
    }

    @Test func `its limit counts from its time`() async throws {
        try await holding(JobOptions(hardLimit: .milliseconds(500))) { id in
            clock.advance(by: .milliseconds(600))
            await clock.sleepers(atLeast: 5)
            clock.advance(by: .milliseconds(200))
            let job = try #require(try await client.wait(for: id))
            #expect(job.outcome == .succeeded)
            #expect(ledger.lines == ["\(due)"])
        }
    }

    @Test func `a worker that is stopped gives it back, to wait for its time`() async throws {
        var stopped: JobID?
        try await holding { stopped = $0 }
        let id = try #require(stopped)
        let job = try #require(try await client.job(id))
        #expect(job.state == .suspended(.until(due)))
        #expect(job.used == Job.Budgets())
        #expect(try await store.attempts(of: job.id).map { $0.end?.name } == [.handedBack])
        #expect(ledger.lines == [])
    }
}
