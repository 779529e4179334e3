// How long a job ran, which is not how long it took: between its attempts it waits.

extension Job {
    /// True when the job's own moments say how long it ran: it has one attempt, which runs, or whose end was the job's.
    public var hasRunWithoutPause: Bool {
        guard attempts <= 1 else { return false }
        switch state {
        case .running, .finished(.succeeded), .finished(.skipped): return true
        case .suspended, .ready, .blocked: return started == nil
        // It may have ended long after its attempt.
        case .finished(.failed), .finished(.cancelled), .finished(.expired): return started == nil
        }
    }

    /// How long its attempts have run together until `now`; nil when none is known to have started. `attempts`, all of
    /// them, are needed unless it `hasRunWithoutPause`.
    public func runTime(_ attempts: [Attempt], at now: StoreTime) -> Duration? {
        if hasRunWithoutPause { return started.map { max(.zero, (finished ?? now) - $0) } }
        let times = attempts.compactMap { attempt in
            attempt.started.map { max(.zero, (attempt.ended ?? now) - $0) }
        }
        return times.isEmpty ? nil : times.reduce(.zero, +)
    }
}
