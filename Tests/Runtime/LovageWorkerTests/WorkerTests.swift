import Foundation
import LovageClient
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageTesting
import LovageWorker
import Testing

private struct Add: TypedJob {
    static let kind: Kind = "math.add"
    let left: Int
    let right: Int
    func run(_ context: JobContext) async throws -> Int { left + right }
}

private struct Flaky: TypedJob {
    static let kind: Kind = "flaky"
    static let options = JobOptions(retry: RetryPolicy(retries: 2, backoff: .fixed(.zero)))
    static let ledger = LedgerBox()
    let failures: Int
    let tag: String
    struct Broken: Error {}

    func run(_ context: JobContext) async throws -> NoOutput {
        Self.ledger.write("\(tag) run")
        if context.attempt <= failures { throw Broken() }
        return NoOutput()
    }
    func onStart(_ context: JobContext) async { Self.ledger.write("\(tag) start") }
    func onSuccess(_ output: NoOutput, _ context: JobContext) async { Self.ledger.write("\(tag) success") }
    func onRetry(_ error: any Error, _ context: JobContext) async { Self.ledger.write("\(tag) retry") }
    func onFailure(_ error: any Error, _ context: JobContext) async { Self.ledger.write("\(tag) failure") }
    func rollBack(_ error: any Error, _ context: JobContext) async { Self.ledger.write("\(tag) roll back") }
}

/// One ledger for all: tests tell their lines apart by tag.
private struct LedgerBox: Sendable {
    private let ledger = Ledger()
    func write(_ line: String) { ledger.write(line) }
    func lines(of tag: String) -> [String] {
        ledger.lines.filter { $0.hasPrefix("\(tag) ") }.map { String($0.dropFirst(tag.count + 1)) }
    }
}

func registry(
    _ kind: Kind, isBlocking: Bool = false, _ body: @escaping @Sendable (Job, JobContext) async -> AttemptReport
)
    -> HandlerRegistry
{
    var handlers = HandlerRegistry()
    handlers.register(kind, ClosureHandler(isBlocking: isBlocking, body: body))
    return handlers
}

@Suite(.timeLimit(.minutes(5))) struct WorkerTests {
    @Test func `a called job answers with its typed result`() async throws {
        var handlers = HandlerRegistry()
        handlers.register(Add.self)
        let sum = try await withWorker(handlers, store: makeStore()) { client, _ in
            try await client.call(Add(left: 20, right: 22))
        }
        #expect(sum == 42)
    }

    @Test func `two thousand jobs each run once on four slots`() async throws {
        let ledger = Ledger()
        let handlers = registry("count") { job, _ in
            ledger.write("\(job.id)")
            return .succeeded(nil)
        }
        try await withWorker(handlers, store: makeStore()) { client, _ in
            let ids = try await client.submit((0..<2_000).map { _ in submission("count", client: client) })
            for id in ids { #expect(try await client.wait(for: id)?.outcome == .succeeded) }
        }
        #expect(ledger.lines.count == 2_000)
        #expect(Set(ledger.lines).count == 2_000)
    }

    @Test func `a job that fails twice is retried with its hooks and succeeds`() async throws {
        var handlers = HandlerRegistry()
        handlers.register(Flaky.self)
        try await withWorker(handlers, store: makeStore()) { client, _ in
            _ = try await client.call(Flaky(failures: 2, tag: "twice"))
        }
        #expect(
            Flaky.ledger.lines(of: "twice") == [
                "start", "run", "retry", "start", "run", "retry", "start", "run", "success",
            ])
    }

    @Test func `the final failure calls roll back once, after the last attempt`() async throws {
        var handlers = HandlerRegistry()
        handlers.register(Flaky.self)
        try await withWorker(handlers, store: makeStore()) { client, _ in
            let handle = try await client.submit(Flaky(failures: 9, tag: "final"))
            await #expect(throws: JobFailed.self) { try await handle.result() }
            #expect(try await client.job(handle.id)?.attempts == 3)
        }
        let lines = Flaky.ledger.lines(of: "final")
        #expect(lines.count { $0 == "roll back" } == 1)
        #expect(lines.suffix(2) == ["failure", "roll back"])
    }

    @Test func `a job whose arguments do not decode fails at once and names the field`() async throws {
        var handlers = HandlerRegistry()
        handlers.register(Add.self)
        try await withWorker(handlers, store: makeStore()) { client, _ in
            var bad = submission("math.add", JobOptions(retry: .standard), client: client)
            bad.arguments = try JSONText(validating: #"{"left": 1}"#)
            let id = try await client.submit([bad])[0]
            let job = try #require(try await client.wait(for: id))
            #expect(job.outcome == .failed(.error))
            #expect(job.attempts == 1)
            #expect(job.failure?.message.contains("right") == true)
        }
    }

    @Test func `cancelling a running job stops its handler and nothing it says counts any more`() async throws {
        let ledger = Ledger()
        let events = EventLog()
        let handlers = registry("forever") { _, _ in
            ledger.write("began")
            do { try await Task.sleep(for: .seconds(3_600)) } catch { ledger.write("stopped") }
            return .succeeded(nil)
        }
        try await withWorker(handlers, store: makeStore(), events: events) { client, _ in
            let id = try await client.submit([submission("forever", client: client)])[0]
            await ledger.wait(for: "began")
            let job = try await client.cancel(id, reason: "enough")
            #expect(job?.outcome == .cancelled(.requested("enough")))
            await ledger.wait(for: "stopped")
            #expect(try await client.job(id)?.outcome == .cancelled(.requested("enough")))
        }
    }

    @Test func `progress and status are seen while the job runs`() async throws {
        let ledger = Ledger()
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let handlers = registry("upload") { _, context in
            do {
                try await context.report(progress: 3, of: 10)
                try await context.report(status: "uploading", data: JSONText(validating: #"{"pct":40}"#))
            } catch { return .failed(Failure(kind: "test", message: "\(error)")) }
            ledger.write("published")
            for await _ in gate { break }
            return .succeeded(nil)
        }
        try await withWorker(handlers, store: makeStore()) { client, _ in
            let id = try await client.submit([submission("upload", client: client)])[0]
            await ledger.wait(for: "published")
            let job = try #require(try await client.job(id))
            #expect(job.progress == Job.Progress(done: 3, total: 10))
            #expect(job.status?.name == "uploading")
            open.yield()
            #expect(try await client.wait(for: id)?.outcome == .succeeded)
        }
    }

    @Test func `a handler that ignores its hard limit loses its slot, not the job's outcome`() async throws {
        let events = EventLog()
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let stuck = Ledger()
        let handlers = registry("stuck") { job, _ in
            stuck.write("began")
            // Not cancellable: waits in a task that does not inherit the cancellation.
            await Task.detached { for await _ in gate { break } }.value
            return .succeeded(nil)
        }
        try await withWorker(handlers, store: makeStore(), events: events) { client, _ in
            let options = JobOptions(hardLimit: .milliseconds(50))
            let id = try await client.submit([submission("stuck", options, client: client)])[0]
            let job = try #require(try await client.wait(for: id))
            #expect(job.outcome == .failed(.timedOut))
            let lost = await events.first { if case .slotLost = $0 { true } else { false } }
            #expect(lost != nil)
            open.yield()
        }
    }

    @Test func `a cancelled worker hands its running jobs back at no cost`() async throws {
        let store = makeStore()
        let ledger = Ledger()
        let handlers = registry("long") { _, _ in
            ledger.write("began")
            do { try await Task.sleep(for: .seconds(3_600)) } catch { return .failed(Failure(error: error)) }
            return .succeeded(nil)
        }
        let id = try await withWorker(handlers, store: store) { client, _ in
            let id = try await client.submit([submission("long", client: client)])[0]
            await ledger.wait(for: "began")
            return id
        }
        let job = try #require(try await Client(store).job(id))
        #expect(job.state == .ready)
        #expect(job.used == Job.Budgets())
        #expect(try await store.attempts(of: id).map(\.end) == [.handedBack])
    }

    @Test func `handlers that block every shared thread are named and stop neither heartbeat nor other slots`()
        async throws
    {
        let events = EventLog()
        let gate = Gate()
        var handlers = registry("blocker") { _, _ in
            gate.block()
            return .succeeded(nil)
        }
        handlers.register("quick", ClosureHandler { _, _ in .succeeded(nil) })
        let store = makeStore()
        let source = CountingSource(StoreWorkSource(store))
        let configuration = WorkerConfiguration(
            slots: 6, heartbeat: .milliseconds(100), blockerAge: .milliseconds(100))
        try await withWorker(handlers, store: store, source: source, configuration: configuration, events: events) {
            client, _ in
            let blockers = try await client.submit((0..<4).map { _ in submission("blocker", client: client) })
            _ = await events.first { if case .blockerFound("blocker") = $0 { true } else { false } }
            let quick = try await client.submit([submission("quick", client: client)])[0]
            #expect(try await client.wait(for: quick)?.outcome == .succeeded)
            // Every shared thread is still blocked, and the worker goes on giving signs of life.
            await source.ledger.wait(for: "renew", count: source.ledger.count("renew") + 3)
            for id in blockers { #expect(try await client.job(id)?.state.name == .running) }
            gate.open(for: blockers.count)
            for id in blockers {
                let job = try await client.wait(for: id)
                #expect(job?.outcome == .succeeded)
                #expect(job?.attempts == 1)
            }
        }
    }

    @Test func `a slot reports an end and takes its next job in one call`() async throws {
        let clock = TestClock()
        let store = MemoryStore(clock: clock.now)
        let source = CountingSource(StoreWorkSource(store))
        let handlers = registry("slow") { _, _ in
            // Nothing that takes so long is read ahead.
            clock.advance(by: .seconds(1))
            return .succeeded(nil)
        }
        try await withWorker(
            handlers, store: store, source: source, configuration: WorkerConfiguration(slots: 1),
            timekeeper: clock.timekeeper
        ) { client, _ in
            let ids = try await client.submit((0..<5).map { _ in submission("slow", client: client) })
            for id in ids { #expect(try await client.wait(for: id)?.outcome == .succeeded) }
            await source.ledger.wait(for: "claim", count: 2)
            #expect(source.ledger.count("report and claim") == 5)
            #expect(source.ledger.count("report") == 0)
            #expect(source.ledger.count("claim") == 2, "one that began it, and one that waits for more")
        }
    }

    @Test func `a disk that keeps a report waiting is not blamed on the handler whose thread reports`() async throws {
        let clock = TestClock()
        let store = MemoryStore(clock: clock.now)
        let gate = Gate()
        let source = CountingSource(StoreWorkSource(store), beforeReport: { gate.block() })
        let events = EventLog()
        let configuration = WorkerConfiguration(slots: 1, blockerAge: .seconds(1))
        try await withWorker(
            registry("quick") { _, _ in .succeeded(nil) }, store: store, source: source, configuration: configuration,
            timekeeper: clock.timekeeper, events: events
        ) { client, _ in
            let id = try await client.submit([submission("quick", client: client)])[0]
            await source.ledger.wait(for: "report and claim")
            for _ in 0..<3 {
                // The heartbeat, the look at the lease and the look at the threads.
                await clock.sleepers(atLeast: 3)
                clock.advance(by: .seconds(2))
            }
            await clock.sleepers(atLeast: 3)
            gate.open(for: 1)
            #expect(try await client.wait(for: id)?.outcome == .succeeded)
        }
        #expect(!events.all.contains { if case .blockerFound = $0 { true } else { false } })
    }

    @Test func `an idle worker asks its source for nothing but its heartbeat`() async throws {
        let counting = CountingSource(StoreWorkSource(makeStore()))
        let clock = TestClock()
        let worker = Worker(
            handlers: registry("never") { _, _ in .succeeded(nil) }, client: Client(makeStore()), source: counting,
            logger: quietLogger, timekeeper: clock.timekeeper)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            await counting.ledger.wait(for: "claim")
            for beat in 1...6 {
                await clock.sleepers(atLeast: 3)
                clock.advance(by: .seconds(10))
                await counting.ledger.wait(for: "renew", count: beat)
            }
            #expect(counting.ledger.count("claim") == 1)
            #expect(counting.ledger.count("report") == 0)
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}

/// A store whose answers to renewals never come.
private struct SilentRenewals: SourceBetween {
    let source: any WorkSource
    let clock: TestClock
    var keepsLeasesInSilence = false
    let ledger = Ledger()

    func renew(_ worker: WorkerID, lease: Duration, holding: [Hold]) async throws -> [Hold] {
        ledger.write("renew")
        try await clock.timekeeper.sleep(.seconds(3_600))
        return []
    }
}

extension WorkerTests {
    /// The simulator wants that a worker ends its attempts before their lease does. The check came after the renewal of
    /// each beat, so that one that hung kept the attempts running for ever.
    @Test(.timeLimit(.minutes(5))) func `a worker whose renewal hangs gives up before its lease ends`() async throws {
        let clock = TestClock()
        let events = EventLog()
        let store = MemoryStore(clock: clock.now)
        let client = Client(store)
        let started = Ledger()
        let source = SilentRenewals(source: StoreWorkSource(store), clock: clock)
        let handlers = registry("long") { _, _ in
            started.write("started")
            // Ends by being stopped, which its sleep answers with an error.
            do { try await clock.timekeeper.sleep(.seconds(3_600)) } catch { return .handedBack }
            return .succeeded(nil)
        }
        let worker = Worker(
            handlers: handlers, client: client, source: source, logger: quietLogger, timekeeper: clock.timekeeper,
            events: events.record)
        _ = try await client.submit([submission("long", client: client)])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            await started.wait(for: "started")
            await clock.sleepers(atLeast: 4)
            clock.advance(by: .seconds(10))
            await source.ledger.wait(for: "renew")
            await clock.sleepers(atLeast: 4)
            clock.advance(by: .seconds(15))
            _ = await events.first { if case .leaseGivenUp = $0 { true } else { false } }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// The machine's trouble is not the job's: a disk that kept signs of life waiting for most of a lease cost every
    /// attempt that ran, although nobody else could have taken its job.
    @Test(.timeLimit(.minutes(5))) func `a worker whose store is its process's alone goes on while its renewal waits`()
        async throws
    {
        let clock = TestClock()
        let events = EventLog()
        let store = MemoryStore(clock: clock.now)
        let client = Client(store)
        let started = Ledger()
        let source = SilentRenewals(source: StoreWorkSource(store), clock: clock, keepsLeasesInSilence: true)
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let handlers = registry("long") { _, _ in
            started.write("started")
            for await _ in ends { return .succeeded(nil) }
            return .handedBack
        }
        let worker = Worker(
            handlers: handlers, client: client, source: source, logger: quietLogger, timekeeper: clock.timekeeper,
            events: events.record)
        let job = submission("long", client: client)
        _ = try await client.submit([job])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            await started.wait(for: "started")
            await clock.sleepers(atLeast: 3)
            clock.advance(by: worker.configuration.heartbeat)
            await source.ledger.wait(for: "renew")
            for _ in 0..<4 {
                await clock.sleepers(atLeast: 3)
                clock.advance(by: worker.configuration.lease)
            }
            await clock.sleepers(atLeast: 3)
            end.yield()
            _ = await events.first { if case .attemptRecorded = $0 { true } else { false } }
            #expect(try await store.attempts(of: job.id).map { $0.end?.name } == [.succeeded])
            #expect(!events.all.contains { if case .leaseGivenUp = $0 { true } else { false } })
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// The next sign of life in its turn would come after the lease has ended.
    @Test(.timeLimit(.minutes(5))) func `a sign of life that failed is given again soon`() async throws {
        let clock = TestClock()
        let store = MemoryStore(clock: clock.now)
        let client = Client(store)
        let source = FailingRenewals(source: StoreWorkSource(store))
        let worker = Worker(
            handlers: registry("long") { _, _ in .succeeded(nil) }, client: client, source: source, logger: quietLogger,
            timekeeper: clock.timekeeper)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            await clock.sleepers(atLeast: 3)
            clock.advance(by: worker.configuration.heartbeat)
            await source.ledger.wait(for: "renew")
            for count in 2...5 {
                await clock.sleepers(atLeast: 3)
                clock.advance(by: worker.configuration.heartbeat / 10)
                await source.ledger.wait(for: "renew", count: count)
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}

/// A store that refuses renewals.
private struct FailingRenewals: SourceBetween {
    let source: any WorkSource
    let ledger = Ledger()

    func renew(_ worker: WorkerID, lease: Duration, holding: [Hold]) async throws -> [Hold] {
        ledger.write("renew")
        throw StoreError(.full, attempted: "renew leases", cause: "the disk is full")
    }
}

extension Failure {
    init(error: any Error) { self.init(kind: "test", message: "\(error)") }
}
