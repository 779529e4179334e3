import LovageCore
import LovageStore
import Synchronization

/// Sends what attempts report, many in one call, until it is stored: failing to record an outcome is the worst error we
/// have, so nothing is dropped and every failure is an event.
final class Reporter: Sendable {
    struct Item {
        let change: JobChange
        /// True when the attempt is over, so that its place in the worker is free once this is recorded.
        let ends: Bool

        /// Whose end it is.
        var endOf: Hold? {
            guard case .reported(let fence, _, _) = change.event else { return nil }
            return Hold(id: change.id, fence: fence)
        }
    }

    private struct State {
        /// Attempts whose handler has begun.
        var starts: Set<Hold> = []
        var ends: [Item] = []
        var isSending = false
    }

    private let state = Mutex(State())
    private let signal: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// How a run of a worker sends.
    struct Sender {
        let source: any WorkSource
        let timekeeper: Timekeeper
        /// Gets every error.
        let failed: @Sendable (any Error) -> Void
        /// Gets every answer, and how many jobs came with them.
        let sent: @Sendable ([(Item, ChangeAnswer)], _ claimed: Int) -> Void
    }

    /// Most ends in one call: enough to spread a commit's cost, few enough to keep other callers' waits short.
    private static let mostInOneCall = 1_000

    init() {
        (signal, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes note that the handler of an attempt has begun.
    func add(startOf job: Job) {
        state.withLock { _ = $0.starts.insert(job.hold) }
        wakeUp()
    }

    /// Takes note of an end; somebody has to call `wakeUp` or `sendNow` next. A start that was not sent yet need not be:
    /// what has ended had begun.
    func add(endOf job: Job, _ event: JobEvent, freesPlace: Bool) {
        state.withLock { state in
            state.starts.remove(job.hold)
            state.ends.append(Item(change: JobChange(job.id, event), ends: freesPlace))
        }
    }

    /// Has everything sent by `run`, unless it is being sent already.
    func wakeUp() {
        if !state.withLock(\.isSending) { wake.yield() }
    }

    /// Ends `run` once everything that was added is sent.
    func finish() { wake.finish() }

    /// Sends whenever it is woken, until `finish`, and until it is stored.
    func run(with sender: Sender) async {
        for await _ in signal { await sendAll(with: sender) }
        await sendAll(with: sender)
    }

    /// Sends with `send` on the caller's own thread, which spares a hand-over to `run` and back. Returns at once when
    /// somebody sends already. What the source does not take, and what was added meanwhile, is left to `run`.
    ///
    /// `send` is told how many places the ends free, answers every change, and says how many jobs came for them.
    func sendNow(
        with sender: Sender, _ send: ([JobChange], _ freed: Int) async throws -> ([ChangeAnswer], claimed: Int)
    ) async {
        guard begin(), let items = next() else { return }
        do {
            CrashPoint.pass("worker.before_report")
            let (answers, claimed) = try await send(items.map(\.change), items.count(where: \.ends))
            sender.sent(Array(zip(items, answers)), claimed)
            leave([])
        } catch {
            sender.failed(error)
            leave(items)
        }
    }

    private func sendAll(with sender: Sender) async {
        guard begin() else { return }
        while let items = next() {
            sender.sent(Array(zip(items, await insist(items.map(\.change), with: sender))), 0)
        }
    }

    private func insist(_ changes: [JobChange], with sender: Sender) async -> [ChangeAnswer] {
        var wait = Duration.milliseconds(50)
        while true {
            do {
                CrashPoint.pass("worker.before_report")
                return try await sender.source.report(changes)
            } catch {
                sender.failed(error)
                do {
                    try await sender.timekeeper.sleep(wait)
                } catch {
                    // Cancelled: the process is being ended. The leases run out, and the attempts count as lost.
                    return changes.map { _ in .unknown }
                }
                wait = min(wait * 2, .seconds(5))
            }
        }
    }

    private func begin() -> Bool {
        state.withLock { state in
            defer { state.isSending = true }
            return !state.isSending
        }
    }

    /// What to send next; nil when there is nothing left, and then nobody sends any more.
    private func next() -> [Item]? {
        state.withLock { state in
            var items = state.starts.map { hold in
                Item(change: JobChange(hold.id, .startConfirmed(fence: hold.fence)), ends: false)
            }
            state.starts = []
            let ends = state.ends.prefix(Self.mostInOneCall)
            items += ends
            state.ends.removeFirst(ends.count)
            state.isSending = !items.isEmpty
            return items.isEmpty ? nil : items
        }
    }

    /// Stops sending; `run` goes on with `unsent`, before what was added meanwhile.
    private func leave(_ unsent: [Item]) {
        let isDone = state.withLock { state in
            state.ends.insert(contentsOf: unsent, at: 0)
            state.isSending = false
            return state.ends.isEmpty && state.starts.isEmpty
        }
        if !isDone { wake.yield() }
    }
}
