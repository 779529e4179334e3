import LovageCore
import LovageStore
import Synchronization

/// The jobs a worker holds, each from the answer of its claim until its end is recorded, and the tasks their attempts run
/// in.
///
/// A sign of life names them all: what a worker does not name is lost to it a lease after its claim, so a job that waits
/// for a slot and an end that waits to be recorded count as much as a handler that runs.
///
/// An attempt is a child task of the worker's group, and a group cannot cancel one child. So each attempt leaves a
/// handle of its own task here while it runs, and takes it away before it ends, both under the lock: whoever cancels
/// holds the lock too, so the handle is never used after its task.
///
/// They are kept by job and fence: a worker that lost a job while it stood still may be given it again, and then runs the
/// attempt that has to be stopped beside the one that counts.
final class HeldJobs: Sendable {
    private struct Entry {
        let kind: Kind
        /// When it was asked for: its lease began no earlier.
        let asked: Duration
        /// False once the source holds the job for us no more: its end is recorded, or somebody else may have it.
        var isHeld = true
        /// True once the handler has returned, or was passed over.
        var isOver = false
        /// True once what the handler returns is not to be reported: its end was reported without it, or counts no more.
        var isReported = false
        var isCancelled = false
        var limit: Failure?
        /// The attempt's own task, while it runs.
        var task: TaskHandle?
        /// The task that watches its limits, if it has any.
        var watcher: TaskHandle?

        mutating func cancel() {
            isCancelled = true
            task?.cancel()
        }

        /// Somebody else may have the job: whatever its handler says counts no more.
        mutating func lose() {
            isHeld = false
            isReported = true
            cancel()
        }
    }

    private struct State {
        var entries: [Hold: Entry] = [:]
        var turns = Turns()
        /// Woken when an attempt with processes is over. At most two for each slot: the attempt and its watcher.
        var waiters: [AsyncStream<Void>.Continuation] = []

        /// A stream that ends when something may have changed.
        mutating func wait() -> AsyncStream<Void> {
            let (stream, waiter) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            waiters.append(waiter)
            return stream
        }
    }

    /// How an attempt's wish to begin was answered.
    enum Beginning {
        case begun
        /// It no longer holds its job, and must not begin.
        case lost
        /// Processes run that must be gone first; to be asked again when the stream has ended.
        case waits(AsyncStream<Void>)
    }

    private let state = Mutex(State())

    /// What is held, as the source knows it, in a stable order.
    var holds: [Hold] {
        let holds = state.withLock { $0.entries.filter { $0.value.isHeld }.map(\.key) }
        return holds.sorted { ($0.id, $0.fence) < ($1.id, $1.fence) }
    }

    /// Takes over what a claim brought that was made at `asked`.
    func add(_ jobs: [Job], asked: Duration) {
        state.withLock { state in
            for job in jobs { state.entries[job.hold] = Entry(kind: job.kind, asked: asked) }
        }
    }

    /// Leaves the handle of the attempt's task, which is cancelled at once if it was stopped meanwhile, also while it waits
    /// for its turn.
    func begin(_ job: Job, _ task: TaskHandle, runsProcesses: Bool = false) -> Beginning {
        state.withLock { state in
            let isHeld = Self.update(&state.entries, job.hold) { entry in
                guard entry.isHeld else {
                    entry.isOver = true
                    entry.watcher?.cancel()
                    return false
                }
                entry.task = task
                if entry.isCancelled { task.cancel() }
                return true
            }
            guard isHeld == true else { return .lost }
            return !runsProcesses || state.turns.begin(job) ? .begun : .waits(state.wait())
        }
    }

    /// What the watcher of an attempt with processes has to wait for before it looks at the time; nil once that has come.
    func turn(of job: Job) -> AsyncStream<Void>? {
        state.withLock { state in
            // A watcher may come after its attempt has begun.
            state.turns.isFree(for: job) || state.turns.isRunning(job) ? nil : state.wait()
        }
    }

    /// The attempt's handler has returned, or none will see the job: ends its watcher, and answers whether its end is still
    /// to be reported.
    func end(_ job: Job) -> Bool {
        let (isToReport, waiters) = state.withLock { state -> (Bool, [AsyncStream<Void>.Continuation]) in
            let isToReport = Self.update(&state.entries, job.hold) { entry in
                entry.isOver = true
                entry.task = nil
                entry.watcher?.cancel()
                return !entry.isReported
            }
            guard state.turns.end(job) else { return (isToReport ?? false, []) }
            defer { state.waiters = [] }
            return (isToReport ?? false, state.waiters)
        }
        for waiter in waiters { waiter.finish() }
        return isToReport
    }

    /// These ends were answered by the source.
    func recorded(_ holds: some Sequence<Hold>) {
        state.withLock { state in
            for hold in holds { Self.update(&state.entries, hold) { $0.isHeld = false } }
        }
    }

    /// Leaves the handle of the watcher's task; answers whether there is something to watch.
    func watch(_ job: Job, _ task: TaskHandle) -> Bool {
        update(job.hold) { entry in
            entry.watcher = task
            return !entry.isOver
        } ?? false
    }

    /// Takes the watcher's handle away before its task ends.
    func unwatch(_ job: Job) {
        update(job.hold) { $0.watcher = nil }
    }

    func limitPassed(_ hold: Hold) -> Failure? {
        state.withLock { $0.entries[hold]?.limit }
    }

    /// Asks the attempt to stop because of a limit; answers whether it still runs.
    func pass(_ limit: Failure, _ hold: Hold) -> Bool {
        update(hold) { entry in
            if entry.isOver { return false }
            entry.limit = limit
            entry.cancel()
            return true
        } ?? false
    }

    /// Takes over the report of an attempt that does not stop; answers its kind if it still runs unreported.
    func abandon(_ hold: Hold) -> Kind? {
        update(hold) { entry -> Kind? in
            if entry.isOver || entry.isReported { return nil }
            entry.isReported = true
            return entry.kind
        } ?? nil
    }

    /// Stops an attempt whose end no longer counts, before it begins if it has not begun; answers whether that was needed.
    func lose(_ hold: Hold) -> Bool {
        update(hold) { entry in
            defer { entry.lose() }
            return entry.isHeld && !entry.isOver
        } ?? false
    }

    /// Stops everything that was asked for at `moment` or before and whose handler has not returned, for somebody else may
    /// have it; answers whether there was anything. An end that waits to be recorded is left to the source, which knows
    /// whether it counts.
    func loseAll(askedBy moment: Duration) -> Bool {
        state.withLock { state in
            let lost = state.entries.filter { $0.value.isHeld && !$0.value.isOver && $0.value.asked <= moment }.map(
                \.key)
            for hold in lost { state.entries[hold]?.lose() }
            return !lost.isEmpty
        }
    }

    /// Asks every handler to stop, so that its job can be handed back.
    func cancelAll() {
        state.withLock { state in
            for hold in state.entries.keys { state.entries[hold]?.cancel() }
        }
    }

    @discardableResult
    private func update<Answer: Sendable>(_ hold: Hold, _ body: (inout Entry) -> Answer) -> Answer? {
        state.withLock { Self.update(&$0.entries, hold, body) }
    }

    /// Changes what is known of a job, and forgets it when nobody has anything to do with it any more.
    @discardableResult
    private static func update<Answer: Sendable>(
        _ entries: inout [Hold: Entry], _ hold: Hold, _ body: (inout Entry) -> Answer
    ) -> Answer? {
        guard var entry = entries[hold] else { return nil }
        let answer = body(&entry)
        entries[hold] = entry.isOver && !entry.isHeld ? nil : entry
        return answer
    }
}

extension Job {
    /// The attempt that holds it, as the source knows it.
    var hold: Hold { Hold(id: id, fence: fence) }
}

/// A task that can be cancelled from elsewhere while it is known to run.
///
/// Unchecked: `UnsafeCurrentTask.cancel` may be called from any thread as long as the task runs, and `HeldJobs` holds its
/// lock over every use and over the removal that comes before the task's end.
struct TaskHandle: @unchecked Sendable {
    private let task: UnsafeCurrentTask?

    init(_ task: UnsafeCurrentTask?) { self.task = task }

    func cancel() { task?.cancel() }
}
