import LovageClient
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageWorker
import Testing

/// Attempts that are processes: a worker lets none begin before what stands in its way is gone, and leaves their limits to
/// their handler.
@Suite(.timeLimit(.minutes(5))) struct ProcessAttemptTests {
    /// Processes that end when the test says so, whatever they are told.
    private struct Processes: Handler {
        let ledger: Ledger
        let gate: AsyncStream<Void>
        var runsProcesses: Bool { true }

        func run(_ job: Job, _ context: JobContext) async -> AttemptReport {
            ledger.write("began \(job.attempts)")
            ledger.write("began")
            await withTaskCancellationHandler {
                // Not cancellable: waits in a task that does not inherit the cancellation.
                await Task.detached { [gate] in for await _ in gate { break } }.value
            } onCancel: {
                ledger.write("told to end")
            }
            ledger.write("gone")
            return .succeeded(nil)
        }
    }

    private func withProcesses(
        _ options: JobOptions = JobOptions(), slots: Int = 4,
        _ body: @Sendable (Client, Ledger, EventLog, JobID, AsyncStream<Void>.Continuation) async throws -> Void
    ) async throws {
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let ledger = Ledger()
        let events = EventLog()
        var handlers = HandlerRegistry()
        handlers.register("script", Processes(ledger: ledger, gate: gate))
        try await withWorker(
            handlers, store: makeStore(), configuration: WorkerConfiguration(slots: slots), events: events
        ) { client, _ in
            let id = try await client.submit([submission("script", options, client: client)])[0]
            await ledger.wait(for: "began 1")
            try await body(client, ledger, events, id, open)
            open.finish()
        }
    }

    @Test func `a cancelled job that is tried again begins when the processes of its last attempt are gone`()
        async throws
    {
        try await withProcesses { client, ledger, events, id, open in
            #expect(try await client.cancel(id, reason: "")?.outcome == .cancelled(.requested("")))
            await ledger.wait(for: "told to end")
            _ = try await client.store.apply([JobChange(id, .retried(held: false))])
            let waits = await events.first { if case .attemptWaits(let job) = $0 { job.id == id } else { false } }
            #expect(waits != nil)
            #expect(ledger.lines.contains("began 2") == false)
            open.yield()
            await ledger.wait(for: "began 2")
            #expect(ledger.lines.firstIndex(of: "gone")! < ledger.lines.firstIndex(of: "began 2")!)
            open.yield()
            #expect(try await client.wait(for: id)?.outcome == .succeeded)
        }
    }

    @Test func `a job with the unique key of a cancelled one begins when its processes are gone`() async throws {
        let options = JobOptions(unique: .allArguments)
        try await withProcesses(options) { client, ledger, events, id, open in
            _ = try await client.cancel(id, reason: "")
            let next = try await client.submit([submission("script", options, client: client)])[0]
            #expect(next != id)
            let waits = await events.first { if case .attemptWaits(let job) = $0 { job.id == next } else { false } }
            #expect(waits != nil)
            #expect(ledger.count("began") == 1)
            open.yield()
            await ledger.wait(for: "began", count: 2)
            open.yield()
            #expect(try await client.wait(for: next)?.outcome == .succeeded)
        }
    }

    @Test func `an attempt that is cancelled while it waits never begins, and the next one does`() async throws {
        try await withProcesses { client, ledger, events, id, open in
            for attempt in 2...3 {
                _ = try await client.cancel(id, reason: "")
                _ = try await client.store.apply([JobChange(id, .retried(held: false))])
                _ = await events.first {
                    if case .attemptWaits(let job) = $0 { job.attempts == attempt } else { false }
                }
            }
            open.yield()
            await ledger.wait(for: "began 3")
            #expect(!ledger.lines.contains("began 2"))
            open.yield()
            #expect(try await client.wait(for: id)?.outcome == .succeeded)
        }
    }

    @Test func `an attempt that waits is handed back by a worker that stops`() async throws {
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let ledger = Ledger()
        let events = EventLog()
        let store = makeStore()
        var handlers = HandlerRegistry()
        handlers.register("script", Processes(ledger: ledger, gate: gate))
        @Sendable func openWhenHandedBack() async {
            _ = await events.first { if case .attemptWaits = $0 { true } else { false } }
            ledger.write("waits")
            _ = await events.first { if case .attemptRecorded(_, .handedBack) = $0 { true } else { false } }
            open.finish()
        }
        async let opened: Void = openWhenHandedBack()
        let id = try await withWorker(handlers, store: store, events: events) { client, _ in
            let id = try await client.submit([submission("script", client: client)])[0]
            await ledger.wait(for: "began 1")
            _ = try await client.cancel(id, reason: "")
            _ = try await store.apply([JobChange(id, .retried(held: false))])
            await ledger.wait(for: "waits")
            return id
        }
        await opened
        let job = try #require(try await Client(store).job(id))
        #expect(job.state == .ready)
        #expect(job.used == Job.Budgets())
    }

    @Test func `soft limits are not the worker's to tell to what runs processes`() async throws {
        let options = JobOptions(softLimit: .milliseconds(1))
        try await withProcesses(options) { client, ledger, _, id, open in
            // Longer than the limit, by the clock that judges it.
            let start = ContinuousClock.now
            while ContinuousClock.now - start < .milliseconds(50) { await Task.yield() }
            #expect(!ledger.lines.contains("told to end"))
            open.yield()
            let outcome = try await client.wait(for: id)?.outcome
            #expect(outcome == .succeeded)
        }
    }

    @Test func `a handler that ends well after it was asked to at its soft limit has succeeded`() async throws {
        var handlers = HandlerRegistry()
        handlers.register(
            "swift",
            ClosureHandler { _, _ in
                do {
                    try await Task.sleep(for: .seconds(3_600))
                } catch {
                    // Asked: it tidies up.
                }
                return .succeeded(nil)
            })
        try await withWorker(handlers, store: makeStore()) { client, _ in
            let options = JobOptions(softLimit: .milliseconds(20), hardLimit: .seconds(60))
            let id = try await client.submit([submission("swift", options, client: client)])[0]
            #expect(try await client.wait(for: id)?.outcome == .succeeded)
        }
    }
}
