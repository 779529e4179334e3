import LovageCore
import LovageStore
import Synchronization

/// The attempts a worker runs, and the tasks they run in.
///
/// An attempt is a child task of the worker's group, and a group cannot cancel one child. So each attempt leaves a
/// handle of its own task here while it runs, and takes it away before it ends, both under the lock: whoever cancels
/// holds the lock too, so the handle is never used after its task.
final class RunningAttempts: Sendable {
    struct Entry {
        let fence: Int64
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

    private let entries = Mutex<[JobID: Entry]>([:])

    /// What runs, as the source knows it, in a stable order.
    var holds: [Hold] {
        entries.withLock { $0.map { Hold(id: $0.key, fence: $0.value.fence) } }.sorted { $0.id < $1.id }
    }

    /// Makes a place for an attempt that is about to begin.
    func add(_ job: Job) {
        entries.withLock { $0[job.id] = Entry(fence: job.fence, kind: job.kind) }
    }

    /// Leaves the handle of the attempt's task, which is cancelled at once if the attempt was stopped meanwhile.
    func enter(_ job: Job, _ task: TaskHandle) {
        update(job.id, job.fence) { entry in
            entry.task = task
            if entry.isCancelled { task.cancel() }
        }
    }

    /// Takes the attempt away and ends its watcher; answers whether its end is still to be reported.
    func remove(_ job: Job) -> Bool {
        entries.withLock { entries in
            guard let entry = entries[job.id], entry.fence == job.fence else { return false }
            entry.watcher?.cancel()
            entries[job.id] = nil
            return !entry.isReported
        }
    }

    /// Leaves the handle of the watcher's task; answers whether the attempt still runs.
    func watch(_ job: Job, _ task: TaskHandle) -> Bool {
        update(job.id, job.fence) { $0.watcher = task } != nil
    }

    /// Takes the watcher's handle away before its task ends.
    func unwatch(_ job: Job) {
        update(job.id, job.fence) { $0.watcher = nil }
    }

    func limitPassed(_ id: JobID, _ fence: Int64) -> Failure? {
        entries.withLock { $0[id].flatMap { $0.fence == fence ? $0.limit : nil } }
    }

    /// Asks the attempt to stop because of a limit; answers whether it still runs.
    func pass(_ limit: Failure, _ id: JobID, _ fence: Int64) -> Bool {
        cancel(id, fence) { $0.limit = limit } != nil
    }

    /// Takes over the report of an attempt that does not stop; answers its kind if it still runs unreported.
    func abandon(_ id: JobID, _ fence: Int64) -> Kind? {
        entries.withLock { entries in
            guard let entry = entries[id], entry.fence == fence, !entry.isReported else { return nil }
            entries[id]?.isReported = true
            return entry.kind
        }
    }

    /// Stops an attempt whose end no longer counts; answers whether it ran.
    func stop(_ hold: Hold) -> Bool {
        cancel(hold.id, hold.fence) { $0.isReported = true } != nil
    }

    /// Stops everything, to be handed back.
    func stopAll(reported: Bool) -> [Hold] {
        let stopped = holds
        for hold in stopped { _ = cancel(hold.id, hold.fence) { $0.isReported = $0.isReported || reported } }
        return stopped
    }

    private func cancel(_ id: JobID, _ fence: Int64, _ body: (inout Entry) -> Void) -> Kind? {
        update(id, fence) { entry in
            body(&entry)
            entry.isCancelled = true
            entry.task?.cancel()
        }
    }

    @discardableResult
    private func update(_ id: JobID, _ fence: Int64, _ body: (inout Entry) -> Void) -> Kind? {
        entries.withLock { entries in
            guard var entry = entries[id], entry.fence == fence else { return nil }
            body(&entry)
            entries[id] = entry
            return entry.kind
        }
    }
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
