/// A planted bug, to prove that the checkers can find one.
public enum Mutant: String, Sendable, CaseIterable {
    /// Replies are sent before the commit that holds them.
    case answersBeforeCommit
    /// A report is taken whatever its fence.
    case acceptsStaleReports
    /// Leases are judged by the wall clock.
    case leasesByWallClock
    /// After an absence of its own the server takes leases at once that nobody could renew.
    case sweepsAtOnce
    /// A worker takes any claim reply, not only the one it waits for.
    case takesAnyClaimReply
    /// A worker that cannot reach the server goes on for ever.
    case neverGivesUp
    /// A paused queue is forgotten.
    case ignoresPause
    /// A bounded queue takes everything.
    case ignoresCapacity
    /// The queues are served in the wrong order.
    case servesQueuesBackwards
    /// Delayed jobs are promoted too early.
    case promotesEarly
    /// The server forgets what was submitted in its last commit.
    case losesLastCommit
    /// Idempotency keys are not kept.
    case forgetsKeys
    /// Workers are not told that work has come.
    case losesWakeUps
    /// A step begins before what it needs has ended.
    case startsStepsEarly
}
