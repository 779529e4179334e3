import LovageClient
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageTesting
import LovageWorker
import Synchronization
import Testing

/// What a worker holds it holds from the answer of a claim until its end is recorded, whatever it does with it meanwhile.
@Suite(.timeLimit(.minutes(5))) struct HoldingTests {
    /// A worker of one slot whose jobs are quick until one of them waits at a latch; the others wait behind it.
    private struct Scene {
        let clock = TestClock()
        let store: MemoryStore
        let source: LateSource
        let client: Client
        let worker: Worker
        let events = EventLog()
        let ledger = Ledger()
        let latch = Latch()
        let slow: JobID
        let behind: [JobID]

        init() {
            store = MemoryStore(clock: clock.now)
            source = LateSource(StoreWorkSource(store))
            client = Client(store)
            let ids = (0..<4).map { [client] _ in submission("mixed", client: client).id }
            (slow, behind) = (ids[0], Array(ids.dropFirst()))
            let (ledger, latch, slow) = (ledger, latch, slow)
            let handlers = registry("mixed") { job, _ in
                ledger.write("\(job.id)")
                if job.id == slow { await latch.pass() }
                return .succeeded(nil)
            }
            worker = Worker(
                configuration: WorkerConfiguration(slots: 1), handlers: handlers, client: client, source: source,
                logger: quietLogger, timekeeper: clock.timekeeper, events: events.record)
        }

        /// Quick jobs first, so that the worker reads ahead; then the slow one, with the others behind it.
        func run(_ body: () async throws -> Void) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [worker] in try await worker.run() }
                let quick = try await client.submit((0..<20).map { _ in submission("mixed", client: client) })
                for id in quick { #expect(try await client.wait(for: id)?.outcome == .succeeded) }
                _ = try await client.submit(
                    ([slow] + behind).map { Submission(id: $0, kind: "mixed", arguments: .emptyObject) })
                await ledger.wait(for: "\(slow)")
                try await body()
                group.cancelAll()
                try await group.waitForAll()
            }
        }

        /// Lets time pass by heartbeats, each of them answered.
        func beat(_ count: Int) async {
            for _ in 0..<count {
                let renewals = source.ledger.count("renewed")
                // The heartbeat, the look at the lease and the look at the threads.
                await clock.sleepers(atLeast: 3)
                clock.advance(by: worker.configuration.heartbeat)
                await source.ledger.wait(for: "renewed", count: renewals + 1)
            }
        }

        func allRunOnce() async throws {
            for id in [slow] + behind {
                #expect(try await client.wait(for: id)?.outcome == .succeeded)
                #expect(try await store.attempts(of: id).map { $0.end?.name } == [.succeeded])
                #expect(ledger.count("\(id)") == 1)
            }
        }
    }

    @Test func `a job that waits behind a slow one for longer than a lease is not taken from its worker`() async throws
    {
        let scene = Scene()
        try await scene.run {
            await scene.beat(5)
            for id in scene.behind {
                let job = try #require(try await scene.client.job(id))
                #expect(job.state.name == .running)
                #expect(job.used == Job.Budgets())
            }
            scene.latch.open()
            try await scene.allRunOnce()
        }
    }

    @Test func `an end that takes longer than a lease to be recorded is not lost to another attempt`() async throws {
        let scene = Scene()
        try await scene.run {
            scene.source.holdReports()
            scene.latch.open()
            await scene.source.ledger.wait(for: "report held")
            await scene.beat(5)
            scene.source.letReportsGo()
            try await scene.allRunOnce()
        }
    }

    @Test func `a job that is cancelled while it waits for a slot never begins, and its place is free again`()
        async throws
    {
        let scene = Scene()
        try await scene.run {
            let cancelled = scene.behind[0]
            _ = try await scene.client.cancel(cancelled, reason: "enough")
            _ = await scene.events.first { if case .attemptStopped(cancelled, _) = $0 { true } else { false } }
            scene.latch.open()
            for id in scene.behind.dropFirst() {
                #expect(try await scene.client.wait(for: id)?.outcome == .succeeded)
            }
            #expect(scene.ledger.count("\(cancelled)") == 0)
            // A worker that had lost a place would, with one slot and nothing read ahead, ask for no more work.
            let next = try await scene.client.submit([submission("mixed", client: scene.client)])[0]
            #expect(try await scene.client.wait(for: next)?.outcome == .succeeded)
        }
    }
}

/// A source whose reports can be held up, and that writes down which calls were answered.
private struct LateSource: SourceBetween {
    let source: any WorkSource
    let ledger = Ledger()
    private let gate = ReportGate()

    init(_ source: any WorkSource) { self.source = source }

    func holdReports() { gate.close() }
    func letReportsGo() { gate.open() }

    func report(_ changes: [JobChange]) async throws -> [ChangeAnswer] {
        await pass()
        return try await source.report(changes)
    }
    func reportAndClaim(_ changes: [JobChange], for request: ClaimRequest) async throws -> NextWork {
        await pass()
        return try await source.reportAndClaim(changes, for: request)
    }
    private func pass() async {
        guard let latch = gate.latch else { return }
        ledger.write("report held")
        await latch.pass()
    }
    func renew(_ worker: WorkerID, lease: Duration, holding: [Hold]) async throws -> [Hold] {
        let lost = try await source.renew(worker, lease: lease, holding: holding)
        ledger.write("renewed")
        return lost
    }
}

/// The latch that reports wait at while there is one.
private final class ReportGate: Sendable {
    private let state = Mutex<Latch?>(nil)
    var latch: Latch? { state.withLock { $0 } }
    func close() { state.withLock { $0 = Latch() } }
    func open() {
        let latch = state.withLock { latch in
            defer { latch = nil }
            return latch
        }
        latch?.open()
    }
}
