public import LovageCore

/// How long one attempt may run, counted from its beginning.
public struct AttemptLimits: Sendable, Hashable {
    /// After this time it is asked to end; nil: never, or no earlier than it is made to.
    public let soft: Duration?
    /// After this time it is made to end: its hard limit, or what is left until its job's deadline; nil: never.
    public let hard: Duration?
    /// True when the deadline comes before the hard limit.
    public let isDeadline: Bool

    /// The limits of an attempt that begins at `beginning`.
    public init(of job: Job, beginning: StoreTime) {
        let left = job.deadline.map { max(.zero, $0 - beginning) }
        let hard = [job.options.hardLimit, left].compactMap { $0 }.min()
        self.hard = hard
        isDeadline = left != nil && left == hard && left != job.options.hardLimit
        soft = job.options.softLimit.flatMap { soft in hard.map { soft < $0 } ?? true ? soft : nil }
    }

    /// What an attempt fails with that did not go on after it was asked to end.
    public var softFailure: Failure {
        Failure(kind: "timeout", message: "ran longer than its soft limit" + Self.of(soft))
    }

    /// What an attempt fails with that was made to end.
    public var hardFailure: Failure {
        if isDeadline { return Failure(kind: "timeout", message: "still ran at the deadline of its job") }
        return Failure(kind: "timeout", message: "ran longer than its hard limit" + Self.of(hard))
    }

    private static func of(_ limit: Duration?) -> String { limit.map { " of \($0)" } ?? "" }
}
