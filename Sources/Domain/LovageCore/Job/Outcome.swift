/// How a job ended. Absent until its state is `finished` (requirement 0.5).
public enum Outcome: Sendable, Hashable {
    /// An attempt said so.
    case succeeded
    /// No attempt succeeded and none may follow.
    case failed(FailureReason)
    /// Somebody, or the end of something it needed, called it off.
    case cancelled(CancelReason)
    /// It did not start in time.
    case expired
    /// It had nothing to do.
    case skipped(String)

    /// The outcome without its reason.
    public var name: Name {
        switch self {
        case .succeeded: .succeeded
        case .failed: .failed
        case .cancelled: .cancelled
        case .expired: .expired
        case .skipped: .skipped
        }
    }

    /// False for a step that was never reached: it has no arguments, so what it needed is retried instead.
    public var isRetryableByItself: Bool {
        switch self {
        case .cancelled(.unreachable): false
        case .succeeded, .failed, .cancelled(.requested), .cancelled(.workflow), .expired, .skipped: true
        }
    }

    /// The five words an outcome is filtered and counted by.
    public enum Name: String, Sendable, Hashable, CaseIterable {
        case succeeded, failed, cancelled, expired, skipped
    }
}

/// Why a job failed for good.
public enum FailureReason: String, Sendable, Hashable, CaseIterable {
    /// The last attempt failed and no retry was left, or the handler said "never again".
    case error
    /// The last attempt ran into its time limit and no retry was left.
    case timedOut
    /// Queueing, running and retrying took longer than its deadline.
    case deadline
    /// Too many attempts were lost after their start.
    case quarantined
    /// Too many attempts were lost before their start.
    case neverStarted
}

/// Why a job was called off.
public enum CancelReason: Sendable, Hashable {
    /// A person or program asked for it; the text is theirs and may be empty.
    case requested(String)
    /// A step it needed ended in a way that its rule does not accept.
    case unreachable(step: String)
    /// The whole workflow was cancelled.
    case workflow(String)
}
