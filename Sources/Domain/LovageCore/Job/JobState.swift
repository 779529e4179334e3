/// Where a job stands in its life. What exists only in one state lives in that case.
///
/// The legal moves are drawn in `docs/internals/job-lifecycle.md`, decided in `JobLifecycle.swift`.
public enum JobState: Sendable, Hashable {
    /// Created, its trigger has not fired. Can move to: ready, running (ahead of its time), finished.
    case suspended(Suspension)
    /// Waits for a worker with a free slot. Can move to: running, blocked, finished.
    case ready
    /// Would run, but something it must hold is taken. Can move to: ready, finished.
    case blocked(Blockage)
    /// One attempt holds the lease. Can move to: ready, suspended, finished.
    case running(Lease)
    /// Over, within this generation. Can move to: ready, suspended (both by a manual retry only).
    case finished(Outcome)

    /// The state without its data.
    public var name: Name {
        switch self {
        case .suspended: .suspended
        case .ready: .ready
        case .blocked: .blocked
        case .running: .running
        case .finished: .finished
        }
    }

    /// The five words a state is filtered and counted by.
    public enum Name: String, Sendable, Hashable, CaseIterable {
        case suspended, ready, blocked, running, finished
    }
}

/// What a suspended job waits for.
public enum Suspension: Sendable, Hashable {
    /// A delay, judged by the store's clock.
    case until(StoreTime)
    /// A moment of civil time, judged by the wall clock.
    case at(WallTime)
    /// The steps its workflow says it needs.
    case needs
    /// A signal of this name.
    case signal(String)
    /// The wait before its next attempt, judged by the store's clock.
    case retry(StoreTime)
    /// Another unfinished job with its unique key (`Job.standIn`): what that one comes to, this one comes to.
    case merged
}

/// What a blocked job would have to hold.
public enum Blockage: Sendable, Hashable {
    /// A limit, by name.
    case limit(String)
    /// A resource, by name.
    case resource(String)
}

/// An attempt's hold on a job. It ends when its worker stops renewing it.
public struct Lease: Sendable, Hashable {
    /// Who holds it.
    public let worker: WorkerID
    /// When the job was claimed: from when on its handler may run. For a claim ahead of the job's time, that time.
    public let claimed: StoreTime
    /// When its handler started; nil while that is unknown.
    public var started: StoreTime?
    /// From when on anybody may take it away.
    public var expires: StoreTime

    /// Makes a lease.
    public init(worker: WorkerID, claimed: StoreTime, started: StoreTime?, expires: StoreTime) {
        self.worker = worker
        self.claimed = claimed
        self.started = started
        self.expires = expires
    }
}
