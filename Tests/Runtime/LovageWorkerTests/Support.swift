import Dispatch
import Logging
import LovageClient
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageWorker
import Synchronization

/// A memory store on the machine's own clock.
func makeStore() -> MemoryStore {
    let clock = ContinuousClock()
    let start = clock.now
    return MemoryStore(clock: {
        let micros = 1_700_000_000_000_000 + start.duration(to: clock.now).wholeMicroseconds
        return Moment(store: StoreTime(microseconds: micros), wall: WallTime(microseconds: micros))
    })
}

/// Collects what a worker says.
final class EventLog: Sendable {
    private let events = Mutex<[WorkerEvent]>([])
    let arrivals: AsyncStream<WorkerEvent>
    private let arrival: AsyncStream<WorkerEvent>.Continuation

    init() { (arrivals, arrival) = AsyncStream.makeStream(of: WorkerEvent.self) }

    func record(_ event: WorkerEvent) {
        events.withLock { $0.append(event) }
        arrival.yield(event)
    }

    var all: [WorkerEvent] { events.withLock { $0 } }

    /// Waits for the first event that `match` accepts; call from one place at a time.
    func first(_ match: (WorkerEvent) -> Bool) async -> WorkerEvent? {
        for await event in arrivals where match(event) { return event }
        return nil
    }
}

/// Runs a worker while `body` runs.
func withWorker<Result: Sendable>(
    _ handlers: HandlerRegistry, store: any Store, source: (any WorkSource)? = nil, condition: WorkerCondition? = nil,
    configuration: WorkerConfiguration = WorkerConfiguration(),
    timekeeper: Timekeeper = .continuous, events: EventLog = EventLog(),
    _ body: @Sendable (Client, Worker) async throws -> Result
) async throws -> Result {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let client = Client(store)
    let worker = Worker(
        configuration: configuration, handlers: handlers, client: client, source: source,
        condition: condition, logger: logger, timekeeper: timekeeper, entropy: { 1 << 63 }, events: events.record)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await worker.run() }
        let result = try await body(client, worker)
        group.cancelAll()
        try await group.waitForAll()
        return result
    }
}

/// Counts what happened, by name, and lets tests wait for it.
final class Ledger: Sendable {
    private let state = Mutex<(lines: [String], waiters: [(String, Int, CheckedContinuation<Void, Never>)])>(([], []))

    func write(_ line: String) {
        let woken = state.withLock { state in
            state.lines.append(line)
            let ready = state.waiters.filter { waiter in state.lines.count { $0 == waiter.0 } >= waiter.1 }
            state.waiters.removeAll { waiter in state.lines.count { $0 == waiter.0 } >= waiter.1 }
            return ready.map(\.2)
        }
        for waiter in woken { waiter.resume() }
    }

    var lines: [String] { state.withLock { $0.lines } }
    func count(_ line: String) -> Int { lines.count { $0 == line } }

    func wait(for line: String, count: Int = 1) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.lines.count(where: { $0 == line }) >= count { return true }
                state.waiters.append((line, count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }
}

/// Blocks threads, as a careless handler does, until the test lets them go.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    func block() { semaphore.wait() }
    func open(for count: Int) { for _ in 0..<count { semaphore.signal() } }
}

/// A handler made of a closure.
struct ClosureHandler: Handler {
    var isBlocking = false
    let body: @Sendable (Job, JobContext) async -> AttemptReport
    func run(_ job: Job, _ context: JobContext) async -> AttemptReport { await body(job, context) }
}

func submission(_ kind: Kind, _ options: JobOptions = JobOptions(), client: Client) -> Submission {
    Submission(
        id: JobID(Client.randomUUID(client.store.now().wall)), kind: kind, arguments: .emptyObject, options: options)
}
