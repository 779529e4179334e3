import LovageCore
import LovageStore
import Synchronization

/// The attempts a worker runs, and the tasks they run in.
///
/// An attempt is a child task of the worker's group, and a group cannot cancel one child. So each attempt leaves a
/// handle of its own task here while it runs, and takes it away before it ends, both under the lock: whoever cancels
/// holds the lock too, so the handle is never used after its task.
///
/// They are kept by job and fence: a worker that lost a job while it stood still may be given it again, and then runs the
/// attempt that has to be stopped beside the one that counts.
final class RunningAttempts: Sendable {
    struct Entry {
        let kind: Kind
        /// The attempt's own task; nil until it has begun.
        var task: TaskHandle?
        /// The task that watches its limits, if it has any.
        var watcher: TaskHandle?
        var isCancelled = false
        var limit: Failure?
        /// True once somebody else has reported the end.
        var isReported = false
    }

    private let entries = Mutex<[Hold: Entry]>([:])

    /// What runs, as the source knows it, in a stable order.
    var holds: [Hold] {
        entries.withLock { Array($0.keys) }.sorted { ($0.id, $0.fence) < ($1.id, $1.fence) }
    }

    /// Makes a place for an attempt that is about to begin.
    func add(_ job: Job) {
        entries.withLock { $0[job.hold] = Entry(kind: job.kind) }
    }

    /// Leaves the handle of the attempt's task, which is cancelled at once if the attempt was stopped meanwhile.
    func enter(_ job: Job, _ task: TaskHandle) {
        update(job.hold) { entry in
            entry.task = task
            if entry.isCancelled { task.cancel() }
        }
    }

    /// Takes the attempt away and ends its watcher; answers whether its end is still to be reported.
    func remove(_ job: Job) -> Bool {
        entries.withLock { entries in
            guard let entry = entries.removeValue(forKey: job.hold) else { return false }
            entry.watcher?.cancel()
            return !entry.isReported
        }
    }

    /// Leaves the handle of the watcher's task; answers whether the attempt still runs.
    func watch(_ job: Job, _ task: TaskHandle) -> Bool {
        update(job.hold) { $0.watcher = task } != nil
    }

    /// Takes the watcher's handle away before its task ends.
    func unwatch(_ job: Job) {
        update(job.hold) { $0.watcher = nil }
    }

    func limitPassed(_ id: JobID, _ fence: Int64) -> Failure? {
        entries.withLock { $0[Hold(id: id, fence: fence)]?.limit }
    }

    /// Asks the attempt to stop because of a limit; answers whether it still runs.
    func pass(_ limit: Failure, _ id: JobID, _ fence: Int64) -> Bool {
        cancel(Hold(id: id, fence: fence)) { $0.limit = limit } != nil
    }

    /// Takes over the report of an attempt that does not stop; answers its kind if it still runs unreported.
    func abandon(_ id: JobID, _ fence: Int64) -> Kind? {
        entries.withLock { entries in
            let hold = Hold(id: id, fence: fence)
            guard let entry = entries[hold], !entry.isReported else { return nil }
            entries[hold]?.isReported = true
            return entry.kind
        }
    }

    /// Stops an attempt whose end no longer counts; answers whether it ran.
    func stop(_ hold: Hold) -> Bool {
        cancel(hold) { $0.isReported = true } != nil
    }

    /// Stops everything, to be handed back.
    func stopAll(reported: Bool) -> [Hold] {
        let stopped = holds
        for hold in stopped { _ = cancel(hold) { $0.isReported = $0.isReported || reported } }
        return stopped
    }

    private func cancel(_ hold: Hold, _ body: (inout Entry) -> Void) -> Kind? {
        update(hold) { entry in
            body(&entry)
            entry.isCancelled = true
            entry.task?.cancel()
        }
    }

    @discardableResult
    private func update(_ hold: Hold, _ body: (inout Entry) -> Void) -> Kind? {
        entries.withLock { entries in
            guard var entry = entries[hold] else { return nil }
            body(&entry)
            entries[hold] = entry
            return entry.kind
        }
    }
}

extension Job {
    /// The attempt that holds it, as the source knows it.
    var hold: Hold { Hold(id: id, fence: fence) }
}

/// A task that can be cancelled from elsewhere while it is known to run.
///
/// Unchecked: `UnsafeCurrentTask.cancel` may be called from any thread as long as the task runs, and `RunningAttempts`
/// holds its lock over every use and over the removal that comes before the task's end.
struct TaskHandle: @unchecked Sendable {
    private let task: UnsafeCurrentTask?

    init(_ task: UnsafeCurrentTask?) { self.task = task }

    func cancel() { task?.cancel() }
}
