import LovageClient
import LovageCore
import LovageStore
import LovageTesting
import LovageWorker
import Synchronization
import Testing

/// A source that can be stopped as a whole, as its worker's process is by SIGSTOP: calls are held until it goes on, and
/// then go through in an order that the round draws. Counts what was refused.
final class FrozenSource: SourceBetween {
    private struct State {
        var isFrozen = false
        var held: [CheckedContinuation<Void, Never>] = []
        var refused = Refused()
    }

    /// What was offered under a dead fence, and refused.
    struct Refused: Sendable, Equatable {
        var publications = 0
        var ends = 0
        var renewals = 0
        var all: Int { publications + ends + renewals }

        static func += (left: inout Refused, right: Refused) {
            left.publications += right.publications
            left.ends += right.ends
            left.renewals += right.renewals
        }
    }

    let source: any WorkSource
    private let state = Mutex(State())

    init(_ source: any WorkSource) { self.source = source }

    var refused: Refused { state.withLock { $0.refused } }

    func freeze() { state.withLock { $0.isFrozen = true } }

    func thaw(_ random: inout SplitMix64) async {
        let held = state.withLock { state in
            state.isFrozen = false
            defer { state.held = [] }
            return state.held
        }
        for call in held.shuffled(using: &random) {
            call.resume()
            for _ in 0..<Int.random(in: 0...3, using: &random) { await Task.yield() }
        }
    }

    private func pass() async {
        await withCheckedContinuation { continuation in
            let isFrozen = state.withLock { state in
                if state.isFrozen { state.held.append(continuation) }
                return state.isFrozen
            }
            if !isFrozen { continuation.resume() }
        }
    }

    func register(_ worker: WorkerRecord, lease: Duration) async throws {
        await pass()
        try await source.register(worker, lease: lease)
    }
    func retire(_ worker: WorkerID) async throws {
        await pass()
        try await source.retire(worker)
    }
    func claim(_ request: ClaimRequest, waiting ticket: ClaimTicket) async throws -> [Job] {
        let jobs = try await source.claim(request, waiting: ticket)
        // The store has answered; a process that stands still does not hear it.
        await pass()
        return jobs
    }
    func report(_ changes: [JobChange]) async throws -> [ChangeAnswer] {
        await pass()
        let answers = try await source.report(changes)
        note(changes, answers)
        return answers
    }
    func reportAndClaim(_ changes: [JobChange], for request: ClaimRequest) async throws -> NextWork {
        await pass()
        let next = try await source.reportAndClaim(changes, for: request)
        note(changes, next.answers)
        // The store has answered; a process that stands still does not hear it.
        await pass()
        return next
    }
    private func note(_ changes: [JobChange], _ answers: [ChangeAnswer]) {
        state.withLock { state in
            for (change, answer) in zip(changes, answers) where answer == .stale {
                if case .published = change.event { state.refused.publications += 1 } else { state.refused.ends += 1 }
            }
        }
    }
    func renew(_ worker: WorkerID, lease: Duration, holding: [Hold]) async throws -> [Hold] {
        await pass()
        let lost = try await source.renew(worker, lease: lease, holding: holding)
        state.withLock { $0.refused.renewals += lost.count }
        return lost
    }
}

/// Lets all through once it is open; nobody who waits at it can be cancelled.
final class Latch: Sendable {
    private let state = Mutex((isOpen: false, waiters: [CheckedContinuation<Void, Never>]()))

    func open() {
        let waiters = state.withLock { state in
            defer { state = (true, []) }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiters.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}

/// One worker of a round, with a clock of its own: while its process stands still, so does its time.
final class RoundWorker: Sendable {
    let name: String
    let clock = TestClock()
    let source: FrozenSource
    let ledger = Ledger()
    let latch = Latch()
    let worker: Worker

    init(_ name: String, slots: Int, store: any Store, log: MemoryLog) {
        self.name = name
        source = FrozenSource(StoreWorkSource(store))
        var handlers = HandlerRegistry()
        let (ledger, latch) = (ledger, latch)
        handlers.register(
            "work",
            ClosureHandler { job, context in
                ledger.write("began")
                await withTaskCancellationHandler {
                    await latch.pass()
                } onCancel: {
                    ledger.write("stopped \(job.attempts)")
                }
                do {
                    try await context.report(progress: 1, of: name == "first" ? 9 : 7)
                    ledger.write("published")
                } catch {
                    ledger.write(error is StaleAttempt ? "refused" : "failed")
                }
                let piece = LogPiece(stream: .output, bytes: Array(name.utf8))
                do {
                    try await log.append(piece, to: AttemptKey(job: job.id, attempt: job.attempts))
                } catch { ledger.write("failed") }
                ledger.write("ended")
                return .succeeded(JSONValue.string(name).text())
            })
        worker = Worker(
            configuration: WorkerConfiguration(name: name, slots: slots), handlers: handlers, client: Client(store),
            source: source, logger: quietLogger, timekeeper: clock.timekeeper)
    }
}
