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
    case keysHoldTheirWindow = "an idempotency key holds for 24 hours, also when its job is gone, and no longer"
    case fenceGrows = "a job's fence never falls, is handed out once, and dies with what ends an attempt from outside"
    case onlyThePresentFence = "an attempt is heard only under the present fence of its job, and told when it is lost"
    case finishedIsFinal = "finished is final within a generation"
    case attemptsAreSound = "every attempt but the running one has exactly one end"
    case jobIsSound = "a job keeps its own invariants"
    case budgetsHold = "what a job has used is what its attempts say, and a used-up budget ends it"
    case reportsDoWhatTheySay = "a report leads to the state, and the wait, that the job's options name"
    case cancelIsEffective = "what is cancelled is over at once"
    case retryIsAGeneration = "a retry by hand opens one generation with nothing used, of what is over and not taken"
    case timesHold = "a start window and a deadline end what is past them, and nothing else"
    case uniqueIsUnique = "no two unfinished jobs share unique arguments"
    case mergedIsStoodFor = "for a merged job stands an equal one that is not over, and it comes to the same"
    case boundHolds = "a bounded queue holds no more than its capacity, and refuses nothing below it"
    case pausedIsQuiet = "nothing is claimed from a paused queue"
    case notBeforeItsTime = "no job is ready or claimed before its time"
    case bestFirst = "a claim takes the best job of its queue"
    case placeIsKept = "a job becomes ready behind all others, and keeps its place when its attempt was no try"
    case successHasStart = "success needs one successful attempt, or a job that stood in"
    case resultIsReported = "the result is what the accepted report said"
    case sinkIsFenced = "the effect of what succeeded is in a fenced sink, or a newer attempt's"
    case joinsOnce = "a join runs once, after all it needs"
    case stepsRunByRule = "a step runs only when its rule is met"
    case stepsGetTheirData = "a step gets exactly what it names of the steps it needs"
    case workflowIsCounted = "a step's counts and its end are those of its members"
    case runsEndWithTheirSteps = "a run ends with its last step, as the worst of them"
    case everythingEnds = "everything acknowledged ends once the faults are over"
    case nothingStarves = "nothing ready waits while a slot that could take it is free"
    case leaseIsKept = "no lease is taken before its end, nor when nobody could have renewed it"
    case workerGivesUp = "a worker that runs ends its attempts before their lease does"
    case slotsAreCounted = "a worker takes and frees no more than its slots and its read-ahead"
    case oneClaimAtATime =
        "a worker has one claim under way, waits after one that failed, and makes none once it drains"
    case drainEndsWhatRuns = "a worker that drains leaves when what it runs has ended, and not before"
    case changesAreTold = "every change of a job wakes those who watch it"
    case countsAreTrue = "what people are shown of queues and workers is what a recount says"
    case explanationsAreTrue = "what the rule says may run is what a claim takes"
    case retentionKeeps = "retention deletes what is over and old enough, and no member of a run that goes on"
    case purgeTakesWhatWaits = "a purge cancels what waits, up to its limit, and nothing that runs"
    case refusedIsUndone = "a call that is refused leaves nothing behind"
    case nothingLeaks = "no lease is left behind"
    case replay = "the same seed gives the same run"
}

/// Rare things that a run over many seeds must have seen, or it has proved nothing.
public enum Sometimes: String, Sendable, CaseIterable {
    case staleReport, leaseExpired, repeatedKey, merged, keyConflict, quarantined, neverStarted, cancelWhileRunning
    case retried, wallJumped, rolledBack, lateReply, zombieEffect, expired, deadlineWhileRunning, queueFull, snoozed
    case handedBack, skipped, failureBranch, unreachable, workflowCancelled, reopened, gaveUp, pausedQueue
    case duplicateRequest, memberMerged, mergedLetGo, timedOut, failedForGood, drained, readAhead, specialist
    case claimedWithReport, claimedStepWithReport, claimedAhead
    case pruned, purged, keyOutlivedItsJob
}
