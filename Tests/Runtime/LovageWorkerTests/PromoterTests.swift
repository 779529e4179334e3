import LovageClient
import LovageCore
import LovageMaintenance
import LovageMemoryStore
import LovageStore
import LovageTesting
import Synchronization
import Testing

/// Writes down what is slept for, and counts who sleeps.
private final class SleepLog: Sendable {
    let ledger = Ledger()
    let asleep = Mutex(0)

    func watching(_ timekeeper: Timekeeper) -> Timekeeper {
        Timekeeper(
            elapsed: timekeeper.elapsed,
            sleep: { [self] duration in
                asleep.withLock { $0 += 1 }
                ledger.write("\(duration)")
                defer { asleep.withLock { $0 -= 1 } }
                try await timekeeper.sleep(duration)
            })
    }
}

@Suite(.timeLimit(.minutes(5))) struct PromoterTests {
    /// Each job that became due began a sleep of its own until the next one, however far away that was: with one job due
    /// tomorrow and retries every second, tens of thousands slept.
    @Test func `one sleeper waits for the next due time, however many came before it`() async throws {
        let clock = TestClock()
        let store = MemoryStore(clock: clock.now)
        let client = Client(store)
        let sleeps = SleepLog()
        func submit(after delay: Duration) async throws -> JobID {
            try await client.submit([submission("work", JobOptions(start: .after(delay)), client: client)])[0]
        }
        _ = try await submit(after: .seconds(3_600))
        let promoter = Promoter(
            store, logger: quietLogger, timekeeper: sleeps.watching(clock.timekeeper), ahead: .zero)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await promoter.run() }
            await sleeps.ledger.wait(for: "\(Duration.seconds(3_600))")
            for second in 1...40 {
                let id = try await submit(after: .seconds(1))
                await sleeps.ledger.wait(for: "\(Duration.seconds(1))", count: second)
                clock.advance(by: .seconds(1))
                await sleeps.ledger.wait(for: "\(Duration.seconds(3_600 - second))")
                #expect(try await client.job(id)?.state == .ready)
            }
            #expect(sleeps.asleep.withLock { $0 } == 1)
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(sleeps.asleep.withLock { $0 } == 0)
    }

    @Test func `a time that comes in and is nearer is not missed, and a farther one changes nothing`() async throws {
        let clock = TestClock()
        let store = MemoryStore(clock: clock.now)
        let client = Client(store)
        let sleeps = SleepLog()
        let promoter = Promoter(
            store, logger: quietLogger, timekeeper: sleeps.watching(clock.timekeeper), ahead: .zero)
        let ids = try await client.submit(
            [20, 5].map { submission("work", JobOptions(start: .after(.seconds($0))), client: client) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await promoter.run() }
            await sleeps.ledger.wait(for: "\(Duration.seconds(5))")
            let far = try await client.submit(
                [submission("work", JobOptions(start: .after(.seconds(60))), client: client)])[0]
            let near = try await client.submit(
                [submission("work", JobOptions(start: .after(.seconds(2))), client: client)])[0]
            await sleeps.ledger.wait(for: "\(Duration.seconds(2))")
            for (seconds, ready) in [(2, near), (3, ids[1]), (15, ids[0]), (40, far)] {
                let arrivals = store.wakeUps.listen(to: [.work])
                clock.advance(by: .seconds(seconds))
                for await _ in arrivals { break }
                #expect(try await client.job(ready)?.state == .ready)
                if ready != far { await clock.sleepers(atLeast: 1) }
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test func `workers are offered a job ahead of its time, and the store is asked again at its time`() async throws {
        let clock = TestClock()
        let store = MemoryStore(clock: clock.now)
        let client = Client(store)
        let sleeps = SleepLog()
        let ids = try await client.submit(
            [10, 20].map { submission("work", JobOptions(start: .after(.seconds($0))), client: client) })
        let request = ClaimRequest(
            worker: WorkerID(UUIDv7(high: 1, low: 1)), offer: ClaimRule.Offer(kinds: ["work"], queues: ["default"]),
            limit: 1, starting: 1, lease: .seconds(30), ahead: .seconds(1))
        let promoter = Promoter(
            store, logger: quietLogger, timekeeper: sleeps.watching(clock.timekeeper), ahead: .seconds(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await promoter.run() }
            await sleeps.ledger.wait(for: "\(Duration.seconds(9))")
            // Nobody waits for it: it becomes ready at its time.
            clock.advance(by: .seconds(9))
            await sleeps.ledger.wait(for: "\(Duration.seconds(1))")
            #expect(try await client.job(ids[0])?.state.name == .suspended)
            clock.advance(by: .seconds(1))
            await sleeps.ledger.wait(for: "\(Duration.seconds(9))", count: 2)
            #expect(try await store.claim(request).map(\.id) == [ids[0]])
            // Somebody does: it is taken with a lease that begins at its time.
            async let taken = store.claim(request, waiting: ClaimTicket())
            clock.advance(by: .seconds(9))
            guard case .running(let lease)? = try await taken.first?.state else {
                Issue.record("nobody took it")
                return
            }
            #expect(lease.claimed == store.now().store + .seconds(1))
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}

@Suite struct TimekeeperTests {
    /// A sleep that is cancelled leaves its timer behind until that is due, in Swift's run-time: 320 bytes each. With jobs
    /// that have an hour and take a millisecond, those pile up; in naps they are gone soon.
    @Test func `a long sleep is a row of naps that end when it does`() async throws {
        let naps = Mutex<[Duration]>([])
        let time = Mutex(Duration.zero)
        let timekeeper = Timekeeper(
            elapsed: { time.withLock { $0 } },
            nap: { duration in
                naps.withLock { $0.append(duration) }
                // Every nap lasts a little longer than it should.
                time.withLock { $0 += duration + .milliseconds(1) }
            })
        try await timekeeper.sleep(.seconds(25))
        let ten = Duration.seconds(10)
        #expect(naps.withLock { $0 } == [ten, ten, .seconds(5) - .milliseconds(2)])
        try await timekeeper.sleep(.zero)
        try await timekeeper.sleep(.milliseconds(3))
        #expect(naps.withLock { $0 }.suffix(2) == [.zero, .milliseconds(3)])
    }

    @Test func `a sleep that is cancelled between two naps ends`() async throws {
        let timekeeper = Timekeeper(
            elapsed: { .zero },
            nap: { _ in
                withUnsafeCurrentTask { $0?.cancel() }
                try Task.checkCancellation()
            })
        let sleeper = Task { try await timekeeper.sleep(.seconds(25)) }
        await #expect(throws: CancellationError.self) { try await sleeper.value }
    }
}
