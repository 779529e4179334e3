import LovageCore

/// The moment that samples are judged at.
let now = Moment(
    store: StoreTime(microseconds: 1_000_000_000), wall: WallTime(microseconds: 1_700_000_000_000_000))
let later = now.store + .seconds(30)
let worker = WorkerID(UUIDv7(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0001))

/// Another job, which may stand for one.
let other = JobID(UUIDv7(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0002))

/// A job that was submitted 100 s before `now`.
func makeJob(_ options: JobOptions = JobOptions(), state: JobState = .ready) -> Job {
    let submitted = Moment(store: now.store + .seconds(-100), wall: now.wall + .seconds(-100))
    var job = Job(
        id: JobID(UUIDv7(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0000)), kind: "work",
        arguments: .emptyObject, options: options, submitted: submitted)
    job.state = state
    return job
}

/// A job that another one stands for.
func makeMergedJob(_ options: JobOptions = JobOptions()) -> Job {
    var job = makeJob(options, state: .suspended(.merged))
    job.standIn = other
    return job
}

func makeLease(started: Bool, expires: StoreTime = later) -> Lease {
    Lease(
        worker: worker, claimed: now.store + .seconds(-10), started: started ? now.store + .seconds(-9) : nil,
        expires: expires)
}

/// A job with one attempt behind it, or under way.
func makeClaimedJob(_ options: JobOptions = JobOptions(), state: JobState) -> Job {
    var job = makeJob(options, state: state)
    job.fence = 5
    job.attempts = 1
    if case .running(let lease) = state { job.started = lease.started }
    if case .finished = state { job.finished = now.store + .seconds(-1) }
    return job
}

func makeFinishedJob(_ outcome: Outcome) -> Job { makeClaimedJob(state: .finished(outcome)) }

extension Decision {
    /// The job as a store would have it after this decision; nil for none.
    func written(sequence: Int64 = 77) -> Job? {
        guard case .change(let transition) = self else { return nil }
        var job = transition.job
        if transition.takesSequence { job.sequence = sequence }
        return job
    }
}
