import Foundation
import LovageCore
import Synchronization

// Handlers run on threads of their own, never on the ones Swift's global executor uses for everything else: a handler
// that blocks its thread must not keep a heartbeat, a claim or an HTTP answer waiting.
//
// Every slot has an executor. Those of ordinary kinds share a few threads; a kind marked blocking gets a thread for each
// of its attempts. When all shared threads have been kept busy by one piece of work for longer than `blockerAge`, the
// handlers that keep them are named once and another thread is added, up to one a slot: an unmarked blocker costs a
// warning and a thread, not the other slots.

/// The threads that ordinary handlers share.
final class HandlerThreads: Sendable {
    fileprivate struct State {
        var queue = Fifo<(job: UnownedJob, slot: SlotExecutor)>()
        var busy: [Int: (slot: SlotExecutor, since: Duration)] = [:]
        var threads = 0
        var isStopped = false
    }

    private let condition = NSCondition()
    private let state: Mutex<State>
    private let most: Int
    private let elapsed: @Sendable () -> Duration

    init(threads: Int, most: Int, elapsed: @escaping @Sendable () -> Duration) {
        self.most = max(threads, most)
        self.elapsed = elapsed
        state = Mutex(State())
        for _ in 0..<max(1, threads) { addThread() }
    }

    fileprivate func enqueue(_ job: UnownedJob, of slot: SlotExecutor) {
        condition.lock()
        state.withLock { $0.queue.append((job, slot)) }
        condition.unlock()
        // After the unlocking, so that the thread that is woken does not at once wait for the lock.
        condition.signal()
    }

    func stop() {
        condition.lock()
        state.withLock { $0.isStopped = true }
        condition.broadcast()
        condition.unlock()
    }

    /// The kinds that have kept a shared thread for longer than `age`; adds a thread when all are kept so.
    func blockers(olderThan age: Duration) -> [Kind] {
        let now = elapsed()
        let (blockers, needsThread) = state.withLock { state in
            let old = state.busy.values.filter { now - $0.since > age }
            let kinds = old.compactMap { $0.slot.blockerToName() }
            return (kinds, old.count >= state.threads && state.threads < most && !state.isStopped)
        }
        if needsThread { addThread() }
        return blockers
    }

    private func addThread() {
        let number = state.withLock { state in
            state.threads += 1
            return state.threads
        }
        let thread = Thread { [self] in serve(number) }
        thread.name = "lovage.handler.\(number)"
        thread.start()
    }

    private func serve(_ number: Int) {
        while let (job, slot) = next(number) {
            job.runSynchronously(on: slot.asUnownedTaskExecutor())
            state.withLock { $0.busy[number] = nil }
        }
    }

    private func next(_ number: Int) -> (UnownedJob, SlotExecutor)? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            let (found, isStopped) = state.withLock { state in (state.take(number, at: elapsed()), state.isStopped) }
            if let found { return found }
            if isStopped { return nil }
            condition.wait()
        }
    }
}

extension HandlerThreads.State {
    /// Takes the oldest piece of work.
    fileprivate mutating func take(_ number: Int, at now: Duration) -> (UnownedJob, SlotExecutor)? {
        guard let entry = queue.popFirst() else { return nil }
        busy[number] = (entry.slot, now)
        return entry
    }
}

/// Runs the tasks of one slot, on shared threads or on one of its own.
final class SlotExecutor: TaskExecutor {
    private let shared: HandlerThreads?
    private let own: OwnThread?
    private let state = Mutex(State())

    private struct State {
        /// The kind that runs, until it was named as a blocker.
        var unnamed: Kind?
        var isReporting = false
    }

    /// An executor on the shared threads.
    init(on threads: HandlerThreads) {
        shared = threads
        own = nil
    }

    /// An executor with a thread of its own, which ends with `stop`.
    init(ofItsOwn name: String) {
        shared = nil
        own = OwnThread(name: name)
    }

    /// Says what it runs from now on.
    func take(_ kind: Kind) { state.withLock { $0.unnamed = kind } }

    /// Runs `body`, which may keep the thread for as long as the disk takes: no handler is to blame for that.
    func report(_ body: () async -> Void) async {
        state.withLock { $0.isReporting = true }
        await body()
        state.withLock { $0.isReporting = false }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if let shared { shared.enqueue(job, of: self) } else { own?.enqueue(job, on: self) }
    }

    func stop() { own?.stop() }

    /// The kind to name as a blocker: once for each slot.
    fileprivate func blockerToName() -> Kind? {
        state.withLock { state in
            if state.isReporting { return nil }
            defer { state.unnamed = nil }
            return state.unnamed
        }
    }
}

/// One thread that runs what it is given, in order, until it is stopped.
private final class OwnThread: Sendable {
    private let condition = NSCondition()
    private let state = Mutex((queue: [(UnownedJob, SlotExecutor)](), isStopped: false))

    init(name: String) {
        let thread = Thread { [self] in serve() }
        thread.name = name
        thread.start()
    }

    func enqueue(_ job: UnownedJob, on slot: SlotExecutor) { change { $0.queue.append((job, slot)) } }

    func stop() { change { $0.isStopped = true } }

    private func change(_ body: (inout (queue: [(UnownedJob, SlotExecutor)], isStopped: Bool)) -> Void) {
        condition.lock()
        state.withLock { body(&$0) }
        condition.signal()
        condition.unlock()
    }

    private func serve() {
        while let (job, slot) = next() { job.runSynchronously(on: slot.asUnownedTaskExecutor()) }
    }

    private func next() -> (UnownedJob, SlotExecutor)? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            let (found, isStopped) = state.withLock { state in
                (state.queue.isEmpty ? nil : state.queue.removeFirst(), state.isStopped)
            }
            if let found { return found }
            if isStopped { return nil }
            condition.wait()
        }
    }
}
