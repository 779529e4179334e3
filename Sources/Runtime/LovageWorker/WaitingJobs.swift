import LovageCore
import Synchronization

/// The jobs that were claimed and wait in the worker for a slot, shared by the pump and the slots.
///
/// A slot whose attempt has ended takes the next job itself, in the same task on the same thread, as long as it is of the
/// same kind: a hand-over between threads costs more than a short job. Everything else goes through the pump.
final class WaitingJobs: Sendable {
    private struct State {
        var jobs = Fifo<Job>()
        var readAhead = ReadAhead()
        var isClosed = false

        mutating func next(like job: Job) -> Job? {
            guard let next = jobs.first, next.kind == job.kind, !next.isLimited else { return nil }
            return jobs.popFirst()
        }
    }

    private let state = Mutex(State())

    /// Lets a job wait; false once no job waits here any more.
    func append(_ job: Job) -> Bool {
        state.withLock { state in
            if !state.isClosed { state.jobs.append(job) }
            return !state.isClosed
        }
    }

    /// Takes the job that has waited longest.
    func next() -> Job? { state.withLock { $0.jobs.popFirst() } }

    /// An attempt of `job` has ended after this time: takes the next job if the same slot can go on with it.
    func next(after job: Job, _ duration: Duration) -> Job? {
        state.withLock { state in
            state.readAhead.measure(duration)
            return state.next(like: job)
        }
    }

    /// Takes the next job if the slot that ran `job` can go on with it.
    func next(like job: Job) -> Job? { state.withLock { $0.next(like: job) } }

    /// How many jobs to hold beyond `slots`, by how long attempts have taken.
    func readAhead(slots: Int) -> Int { state.withLock { $0.readAhead.count(slots: slots) } }

    /// How many jobs a slot may ask for that has none to go on with: its next one, and what is read ahead. None once no
    /// job waits here any more.
    func room(slots: Int) -> Int {
        state.withLock { state in
            state.isClosed ? 0 : max(0, 1 + state.readAhead.count(slots: slots) - state.jobs.count)
        }
    }

    /// Takes all that wait now.
    func removeAll() -> [Job] { state.withLock { $0.jobs.removeAll() } }

    /// Takes all, for good.
    func close() -> [Job] {
        state.withLock { state in
            state.isClosed = true
            return state.jobs.removeAll()
        }
    }
}

extension Job {
    /// True when somebody has to watch the time of its attempts.
    var isLimited: Bool { options.softLimit != nil || options.hardLimit != nil || deadline != nil }

    /// True when its claim has started it; the start of one that waits for a slot first has to be told.
    var isKnownToHaveStarted: Bool {
        guard case .running(let lease) = state else { return false }
        return lease.started != nil
    }
}
