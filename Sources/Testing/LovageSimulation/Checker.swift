import LovageCore
import LovageMemoryStore
import LovageStore
import LovageWorkflow

/// Watches a world's server: what it was asked, what it answered, and what its commits hold.
///
/// It keeps its own account of the jobs and never asks the store's indexes what they should have said. Between full
/// looks it follows the store's wake-ups, so that a commit costs what it changed; a full look, every 64th commit and at
/// the end, finds whatever changed without waking anybody.
struct Checker {
    let plan: Plan
    var keys: [String: JobID] = [:]
    var durableKeys: [String: JobID] = [:]
    var acknowledgedKeys: [String: JobID] = [:]
    var acknowledgedJobs: Set<JobID> = []
    /// Every job as of the last commit.
    var last: [JobID: Job] = [:]
    /// The jobs that are ready now, committed or not.
    var ready: Set<JobID> = []
    /// Unfinished jobs that hold a unique key, as of the last commit.
    var unique: [UniqueKey: Set<JobID>] = [:]
    /// The jobs of each run, as of the last commit.
    var members: [WorkflowID: Set<JobID>] = [:]
    var commits = 0

    init(plan: Plan) { self.plan = plan }

    /// Follows what a verb changed.
    mutating func noticed(_ wakes: [WakeTopic], in model: MemoryModel) {
        for case .job(let id) in wakes {
            if model.job(id)?.state.name == .ready { ready.insert(id) } else { ready.remove(id) }
        }
    }

    // MARK: After every command

    mutating func submitted(
        _ submissions: [Submission], _ answers: [SubmitAnswer], seen: inout Set<Sometimes>
    ) throws(Violation) {
        for (submission, answer) in zip(submissions, answers) {
            switch answer {
            case .repeated: seen.insert(.repeatedKey)
            case .merged: seen.insert(.merged)
            case .keyConflict: seen.insert(.keyConflict)
            case .queueFull: seen.insert(.queueFull)
            case .created: break
            }
            guard let key = submission.options.idempotencyKey, let id = answer.id else { continue }
            if let known = keys[key], known != id { throw Violation(.oneKeyOneJob, "\(key): \(known) and \(id)") }
            keys[key] = id
        }
    }

    /// How many jobs wait in the queue that a plan may bound; nil when it does not.
    func waitingInBoundedQueue(_ model: MemoryModel) -> Int? {
        plan.bounded ? model.queues().first { $0.name == "default" }.map(\.waiting) ?? 0 : nil
    }

    func bounded(_ before: Int?, _ after: Int?) throws(Violation) {
        guard let before, let after, after > max(before, Plan.capacity) else { return }
        throw Violation(.boundHolds, "\(before) jobs waited, then \(after)")
    }

    mutating func acknowledged(_ id: JobID, for submission: Submission) throws(Violation) {
        acknowledgedJobs.insert(id)
        guard let key = submission.options.idempotencyKey else { return }
        if let known = acknowledgedKeys[key], known != id {
            throw Violation(.oneKeyOneJob, "\(key): \(known) and \(id)")
        }
        acknowledgedKeys[key] = id
    }

    /// What a claim must take, worked out before it.
    struct Expectation {
        let best: [JobID]
        let paused: Set<QueueName>
    }

    func expectation(of request: ClaimRequest, in model: MemoryModel, at now: Moment) -> Expectation {
        let paused = Set(request.offer.queues.filter { model.settings(of: $0).isPaused })
        let candidates = ready.compactMap { model.job($0) }
            .filter { request.offer.kinds.contains($0.kind) && mayStart($0, now) }
        var best: [JobID] = []
        for queue in request.offer.queues where !paused.contains(queue) {
            best += candidates.filter { $0.queue == queue }.sorted(by: ClaimRule.goesFirst).map(\.id)
        }
        return Expectation(best: Array(best.prefix(request.limit)), paused: paused)
    }

    func claimed(_ jobs: [Job], _ expected: Expectation, at now: Moment) throws(Violation) {
        for job in jobs {
            if expected.paused.contains(job.queue) { throw Violation(.pausedIsQuiet, "\(job.id)") }
            try notBeforeItsTime(job, at: now)
        }
        let taken = jobs.map(\.id)
        if taken != expected.best { throw Violation(.bestFirst, "took \(taken), best were \(expected.best)") }
    }

    private func mayStart(_ job: Job, _ now: Moment) -> Bool {
        if let startBy = job.startBy, startBy <= now.store { return false }
        if let deadline = job.deadline, deadline <= now.store { return false }
        return true
    }

    private func notBeforeItsTime(_ job: Job, at now: Moment) throws(Violation) {
        guard job.generation == 1, job.membership == nil, case .after(let delay) = job.options.start else { return }
        if now.store < job.submitted.store + delay { throw Violation(.notBeforeItsTime, "\(job.id)") }
    }

    /// `before` holds the jobs of `changes` as they were.
    func reported(
        _ changes: [JobChange], _ answers: [ChangeAnswer], before: [Job?], seen: inout Set<Sometimes>
    ) throws(Violation) {
        for ((change, answer), old) in zip(zip(changes, answers), before) {
            guard case .changed(let job) = answer, let old else { continue }
            switch change.event {
            case .reported(let fence, let report, _):
                if old.state.name != .running || old.fence != fence {
                    throw Violation(.successHasStart, "\(job.id) took a report of fence \(fence) with \(old.fence)")
                }
                if case .succeeded(let result) = report, job.result != result {
                    throw Violation(.resultIsReported, "\(job.id)")
                }
                note(report, &seen)
            case .retried:
                seen.insert(.retried)
                if job.membership != nil { seen.insert(.reopened) }
            default: break
            }
        }
    }

    private func note(_ report: AttemptReport, _ seen: inout Set<Sometimes>) {
        switch report {
        case .snoozed: seen.insert(.snoozed)
        case .handedBack: seen.insert(.handedBack)
        case .skipped: seen.insert(.skipped)
        case .succeeded, .failed, .timedOut: break
        }
    }

    /// Looks at what a sweep took; `isGrace` just after the server was away for long.
    func swept(
        _ wakes: [WakeTopic], before: MemoryModel, after: MemoryModel, at now: Moment, isGrace: Bool,
        seen: inout Set<Sometimes>
    ) throws(Violation) {
        for case .job(let id) in wakes {
            guard let old = before.job(id), case .running(let lease) = old.state, let job = after.job(id),
                job.state != old.state
            else { continue }
            switch job.outcome {
            case .failed(.quarantined): seen.insert(.quarantined)
            case .failed(.neverStarted): seen.insert(.neverStarted)
            case .failed(.deadline): seen.insert(.deadlineWhileRunning)
            default: seen.insert(.leaseExpired)
            }
            guard case .lost = after.attempts(of: id).last?.end else { continue }
            if lease.expires > now.store { throw Violation(.leaseIsKept, "\(id) was taken before its lease ended") }
            if isGrace { throw Violation(.leaseIsKept, "\(id) was taken when nobody could have renewed it") }
        }
    }
}
