/// A promise that did not hold.
public struct Violation: Error, Sendable, Hashable, CustomStringConvertible {
    /// Which one.
    public let invariant: Invariant
    /// Where and how.
    public let detail: String
    /// Both.
    public var description: String { "\(invariant.rawValue) — \(detail)" }

    init(_ invariant: Invariant, _ detail: String) {
        self.invariant = invariant
        self.detail = detail
    }
}

/// What must hold after every command and at the end of every world.
public enum Invariant: String, Sendable, CaseIterable {
    case acknowledgedIsKept = "an acknowledged submission exists for ever"
    case oneKeyOneJob = "one idempotency key stands for one job"
    case fenceGrows = "a job's fence never falls and is handed out once"
    case finishedIsFinal = "finished is final within a generation"
    case attemptsAreSound = "every attempt but the running one has exactly one end"
    case jobIsSound = "a job keeps its own invariants"
    case budgetsHold = "a job has no more failed attempts than its retries allow"
    case uniqueIsUnique = "no two unfinished jobs share unique arguments"
    case mergedIsStoodFor = "for a merged job stands an equal one that is not over"
    case boundHolds = "a bounded queue holds no more than its capacity"
    case pausedIsQuiet = "nothing is claimed from a paused queue"
    case notBeforeItsTime = "no job is claimed before its time"
    case bestFirst = "a claim takes the best job of its queue"
    case successHasStart = "success needs a started attempt of the same fence"
    case resultIsReported = "the result is what the accepted report said"
    case sinkIsFenced = "the effect of what succeeded is in a fenced sink, or a newer attempt's"
    case joinsOnce = "a join runs once, after all it needs"
    case stepsRunByRule = "a step runs only when its rule is met"
    case workflowIsCounted = "a step's counts equal its members"
    case everythingEnds = "everything acknowledged ends once the faults are over"
    case nothingStarves = "nothing ready waits while a slot that could take it is free"
    case leaseIsKept = "no lease is taken before its end, nor when nobody could have renewed it"
    case workerGivesUp = "a worker that runs ends its attempts before their lease does"
    case slotsAreCounted = "a worker frees no more slots than it has filled"
    case changesAreTold = "every change of a job wakes those who watch it"
    case nothingLeaks = "no lease is left behind"
    case replay = "the same seed gives the same run"
}

/// Rare things that a run over many seeds must have seen, or it has proved nothing.
public enum Sometimes: String, Sendable, CaseIterable {
    case staleReport, leaseExpired, repeatedKey, merged, keyConflict, quarantined, neverStarted, cancelWhileRunning
    case retried, wallJumped, rolledBack, lateReply, zombieEffect, expired, deadlineWhileRunning, queueFull, snoozed
    case handedBack, skipped, failureBranch, unreachable, workflowCancelled, reopened, gaveUp, pausedQueue
    case duplicateRequest, memberMerged, mergedLetGo
}
