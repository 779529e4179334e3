import LovageClient
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageTesting
import LovageWorker
import Testing

/// A store that others share, who judge its leases.
private struct SharedSource: SourceBetween {
    let source: any WorkSource
}

struct StandstillTests {
    /// A process that was stopped finds all its timers due at once. Whoever looked at the lease first stopped everything,
    /// although the store was as ready to renew it as before.
    @Test(.timeLimit(.minutes(5))) func `a worker whose process stood still asks before it gives up what it runs`()
        async throws
    {
        let clock = TestClock()
        let events = EventLog()
        let store = MemoryStore(clock: clock.now)
        let client = Client(store)
        let started = Ledger()
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let handlers = registry("long") { _, _ in
            started.write("started")
            for await _ in ends { return .succeeded(nil) }
            return .handedBack
        }
        let worker = Worker(
            handlers: handlers, client: client, source: SharedSource(source: StoreWorkSource(store)),
            logger: quietLogger,
            timekeeper: clock.timekeeper, events: events.record)
        let job = submission("long", client: client)
        _ = try await client.submit([job])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            await started.wait(for: "started")
            // The heartbeat, the look at the lease and the look at the threads.
            await clock.sleepers(atLeast: 3)
            clock.advance(by: worker.configuration.lease * 3)
            await clock.sleepers(atLeast: 3)
            clock.advance(by: worker.configuration.stopMargin)
            await clock.sleepers(atLeast: 3)
            end.yield()
            _ = await events.first { if case .attemptRecorded = $0 { true } else { false } }
            #expect(try await store.attempts(of: job.id).map { $0.end?.name } == [.succeeded])
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}
