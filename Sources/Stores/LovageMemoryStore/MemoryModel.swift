// The reference model: what a store must do, in the simplest form that is not slow.
//
// A value without a clock, a lock or a suspension: every verb takes `now`, changes the value and returns its answer
// with what to wake. `MemoryStore` puts a mutex around it; a simulator copies it and rolls it back. Nothing here decides
// what an event does to a job or a run: that is `Job.applying` and `WorkflowMachine`.
//
// One method, `write`, changes a job that is stored. It keeps the indexes, the attempts, the unique keys and the list of
// wake-ups equal to the jobs. A throw is our own bug and may leave part of its call behind; only events that a caller may
// get wrong are rolled back. Nothing iterates a dictionary into an answer: the same calls give the same answers.

import LovageCore
public import LovageStore
import LovageWorkflow

/// Jobs, runs, definitions, workers and settings as one value.
public struct MemoryModel: Sendable {
    var jobs: [JobID: Job] = [:]
    var attempts: [JobID: [Attempt]] = [:]
    var indexes = JobIndexes()
    var keys = SubmissionKeys()
    var runs: [WorkflowID: RunEntry] = [:]
    var runOrder = SortedSet<WorkflowID>()
    var definitions: [DefinitionName: [StoredDefinition]] = [:]
    var files: [String: StoredFile] = [:]
    var settings: [QueueName: QueueSettings] = [:]
    var tokens: [TokenID: TokenRecord] = [:]
    var workers: [WorkerID: WorkerEntry] = [:]
    /// Jobs that stand for others and have ended in the present call, with their ends, because what ended may have been
    /// brought back since; those others have not been told yet.
    var endedStandIns: [(id: JobID, end: StandInEnd)] = []
    private var lastSequence: Int64 = 0
    private var wakes = WakeList()

    /// A run, the machine of its definition, and its jobs by step in the order of their insertion.
    struct RunEntry: Sendable {
        var run: WorkflowRun
        let machine: WorkflowMachine
        var members: [String: [JobID]] = [:]
    }

    /// What definitions are found by.
    struct DefinitionName: Sendable, Hashable {
        let sort: Definition.Sort
        let name: String
    }

    /// A worker that has registered.
    struct WorkerEntry: Sendable {
        var record: WorkerRecord
        let since: StoreTime
        var leaseEnds: StoreTime
    }

    /// The answer of a verb, and what to wake because of it.
    public struct Effect<Answer: Sendable>: Sendable {
        /// What the caller is told.
        public let answer: Answer
        /// Whom to wake once the change is stored; each topic once, in the order of the changes.
        public let wakes: [WakeTopic]
    }

    /// An empty store.
    public init() {}

    /// Closes a verb: its answer with the wake-ups collected since the last one.
    mutating func effect<Answer>(_ answer: Answer) -> Effect<Answer> {
        Effect(answer: answer, wakes: wakes.take())
    }

    mutating func wake(_ topic: WakeTopic) { wakes.insert(topic) }

    /// Stores a job that is new.
    mutating func insert(_ new: Job) {
        var job = new
        if job.state == .ready { job.sequence = nextSequence() }
        jobs[job.id] = job
        indexes.insert(job)
        keys.follow(nil, to: job)
        wake(.job(job.id))
        if let membership = job.membership { wake(.workflow(membership.workflow)) }
        if job.state == .ready { wake(.work) }
        if job.waitsForTime { wake(.timers) }
    }

    /// Writes what the lifecycle decided. The guard of the transition holds, because it was decided on a fresh read
    /// within the same call; that is asserted, not tested for.
    mutating func write(_ transition: Transition, over old: Job, because event: JobEvent, at now: Moment) {
        precondition(
            transition.expected.id == old.id && transition.expected.state == old.state.name
                && transition.expected.fence == old.fence, "a transition is written over the job it was decided on")
        var job = transition.job
        if transition.takesSequence { job.sequence = nextSequence() }
        jobs[job.id] = job
        indexes.replace(old, with: job)
        keys.follow(old, to: job)
        if indexes.merged[job.id] != nil, let end = StandInEnd(of: job) { endedStandIns.append((job.id, end)) }
        if let change = transition.attempt { record(change, of: job.id, at: now) }
        wakeWatchers(of: job, from: old, because: event)
    }

    /// Forgets a job and its attempts; its idempotency key stands on its own.
    mutating func delete(_ job: Job) {
        jobs[job.id] = nil
        attempts[job.id] = nil
        indexes.remove(job)
    }

    private mutating func nextSequence() -> Int64 {
        lastSequence += 1
        return lastSequence
    }

    private mutating func record(_ change: Transition.AttemptChange, of id: JobID, at now: Moment) {
        var history = attempts[id, default: []]
        switch change {
        case .opened(let attempt):
            history.append(attempt)
        case .started(let moment):
            history[history.count - 1].started = moment
        case .closed(let number, let started, let end):
            precondition(history.last?.number == number && history.last?.end == nil, "an attempt ends once")
            history[history.count - 1].started = started
            history[history.count - 1].ended = now.store
            history[history.count - 1].end = end
        }
        attempts[id] = history
    }

    private mutating func wakeWatchers(of job: Job, from old: Job, because event: JobEvent) {
        if case .renewed = event { return }
        wake(.job(job.id))
        if let membership = job.membership { wake(.workflow(membership.workflow)) }
        guard job.state != old.state else { return }
        if job.state == .ready { wake(.work) }
        if job.waitsForTime { wake(.timers) }
        if job.state.name == .finished || (old.isWaiting && job.state.name == .running) { wake(.queue(job.queue)) }
        if case .running(let lease) = old.state, job.state.name != .running {
            if case .reported = event { return }
            wake(.worker(lease.worker))
        }
    }
}

extension Job {
    /// True when only a clock moves it on.
    var waitsForTime: Bool {
        switch state {
        case .suspended(.until), .suspended(.at), .suspended(.retry): true
        case .suspended(.needs), .suspended(.signal), .suspended(.merged), .ready, .blocked, .running, .finished: false
        }
    }
}
