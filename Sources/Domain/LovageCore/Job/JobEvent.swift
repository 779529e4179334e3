/// A past fact that may change a job. What an attempt says carries its fence.
public enum JobEvent: Sendable, Hashable {
    /// Its delay, its moment or the wait before its retry may be over.
    case becameDue
    /// Every step it needs has ended, or none of that matters any more.
    case needsSettled(NeedsDecision)
    /// Another unfinished job has its unique key.
    case merged(into: JobID)
    /// The job that stands for it ended like this.
    case standInEnded(StandInEnd)
    /// A signal of this name arrived.
    case signalled(String)
    /// A worker with a free slot took it.
    case claimed(Lease)
    /// The handler of this attempt has begun.
    case startConfirmed(fence: Int64)
    /// The worker of this attempt is alive.
    case renewed(fence: Int64, expires: StoreTime)
    /// The handler of this attempt said how far it is or what it does.
    case published(fence: Int64, Publication)
    /// The handler of this attempt ended; `entropy` is 64 random bits for the jitter of a retry.
    case reported(fence: Int64, AttemptReport, entropy: UInt64)
    /// The lease may have run out.
    case leaseExpired
    /// The process that held the lease is known to be gone.
    case ownerGone
    /// The time in which it had to start may be over.
    case startWindowPassed
    /// The time in which it had to end may be over.
    case deadlinePassed
    /// Somebody called it off.
    case cancelled(CancelReason)
    /// Somebody asked for it again; `held` when it has to wait for its needs first. It runs `version` from then on, or goes
    /// on with the version it has (nil). A job that waits for its needs only takes the version.
    case retried(held: Bool, version: JobVersion? = nil)
    /// Something it must hold is taken.
    case blocked(Blockage)
    /// What it must hold is free again.
    case unblocked
}

/// What becomes of a step once its needs are settled.
public enum NeedsDecision: Sendable, Hashable {
    /// It runs with these arguments.
    case run(JSONText)
    /// It has nothing to do, for this reason.
    case skip(String)
    /// It fails without running, because its condition, list or arguments could not be worked out.
    case fail(Failure)
    /// It can never run, because this step ended in a way its rule does not accept.
    case unreachable(step: String)
}

/// What the job that stood for another one came to.
public struct StandInEnd: Sendable, Hashable {
    /// How it ended.
    public let outcome: Outcome
    /// Its result, when it succeeded.
    public let result: JSONText?
    /// What went wrong in it last.
    public let failure: Failure?

    /// Makes an end.
    public init(outcome: Outcome, result: JSONText?, failure: Failure?) {
        self.outcome = outcome
        self.result = result
        self.failure = failure
    }

    /// The end of a job; nil while it is not over.
    public init?(of job: Job) {
        guard let outcome = job.outcome else { return nil }
        self.init(outcome: outcome, result: job.result, failure: job.failure)
    }
}

/// How far a handler is, or what it is doing.
public enum Publication: Sendable, Hashable {
    /// n of m.
    case progress(Job.Progress)
    /// A custom state.
    case status(Job.Status)
}

/// How a handler, or the worker around it, may end an attempt.
public enum AttemptReport: Sendable, Hashable {
    /// The handler returned this result.
    case succeeded(JSONText?)
    /// The handler failed.
    case failed(Failure)
    /// The handler ran into its soft or hard limit.
    case timedOut(Failure)
    /// The handler found nothing to do.
    case skipped(String)
    /// The handler asked to be run again after this wait.
    case snoozed(Duration)
    /// The worker gives the job back unharmed.
    case handedBack

    /// What is recorded for the attempt.
    public var end: AttemptEnd {
        switch self {
        case .succeeded(let result): .succeeded(result)
        case .failed(let failure): .failed(failure)
        case .timedOut(let failure): .timedOut(failure)
        case .skipped(let reason): .skipped(reason)
        case .snoozed(let wait): .snoozed(wait)
        case .handedBack: .handedBack
        }
    }

    /// True when only a handler can have said it.
    var hasBegun: Bool {
        switch self {
        case .succeeded, .failed, .timedOut, .skipped, .snoozed: true
        case .handedBack: false
        }
    }
}
