extension Job {
    /// The first invariant this job breaks, as a sentence; nil when it is sound. For tests and for stores under test.
    public var brokenInvariant: String? {
        switch state {
        case .running(let lease):
            if attempts < 1 { return "a running job has had an attempt" }
            if fence < 1 { return "a running job has a fence" }
            if let started = lease.started, started < lease.claimed { return "an attempt starts after its claim" }
        case .finished(let outcome):
            if finished == nil { return "a finished job says when" }
            if case .succeeded = outcome, attempts < 1, standIn == nil {
                return "success needs an attempt, or a job that stands in"
            }
        case .suspended, .ready, .blocked:
            if finished != nil { return "a job that is not finished has no end" }
        }
        if (state == .suspended(.merged)) != (standIn != nil), state.name != .finished {
            return "a job that is not over is merged when another stands for it, and only then"
        }
        if state.name != .finished, result != nil { return "only a finished job has a result" }
        if generation < 1 || attempts < 0 || fence < Int64(attempts) { return "a claim raises the fence" }
        if used.crashed > crashLimit { return "the crash limit holds" }
        if used.unstarted > unstartedLimit { return "the unstarted limit holds" }
        return nil
    }
}
