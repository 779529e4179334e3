import LovageCore
import LovageMemoryStore
import LovageStore
import LovageWorkflow

/// Watches a world's server: what it was asked, what it answered, and what its commits hold.
struct Checker {
    let plan: Plan
    private var keys: [String: JobID] = [:]
    private var durableKeys: [String: JobID] = [:]
    private var acknowledgedKeys: [String: JobID] = [:]
    private var acknowledgedJobs: Set<JobID> = []
    private var last: [JobID: Job] = [:]

    init(plan: Plan) { self.plan = plan }

    // MARK: After every command

    mutating func submitted(_ submissions: [Submission], _ answers: [SubmitAnswer], seen: inout Set<Sometimes>) throws(Violation) {
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

    mutating func acknowledged(_ id: JobID, for submission: Submission) throws(Violation) {
        acknowledgedJobs.insert(id)
        guard let key = submission.options.idempotencyKey else { return }
        if let known = acknowledgedKeys[key], known != id { throw Violation(.oneKeyOneJob, "\(key): \(known) and \(id)") }
        acknowledgedKeys[key] = id
    }

    func claimed(_ jobs: [Job], _ request: ClaimRequest, before: MemoryModel, at now: Moment) throws(Violation) {
        var expected: [JobID] = []
        let all = before.jobs(JobFilter(state: .ready), page: PageRequest(limit: 1_000)).items
        for queue in request.offer.queues where !before.settings(of: queue).isPaused {
            expected += all.filter { $0.queue == queue && request.offer.kinds.contains($0.kind) && mayStart($0, now) }
                .sorted(by: ClaimRule.goesFirst).map(\.id)
        }
        let taken = jobs.map(\.id)
        if taken != Array(expected.prefix(request.limit)) {
            throw Violation(.bestFirst, "took \(taken), best were \(expected.prefix(request.limit))")
        }
        for job in jobs {
            if before.settings(of: job.queue).isPaused { throw Violation(.pausedIsQuiet, "\(job.id)") }
            try notBeforeItsTime(job, at: now)
        }
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

    func reported(
        _ changes: [JobChange], _ answers: [ChangeAnswer], before: MemoryModel, seen: inout Set<Sometimes>
    ) throws(Violation) {
        for (change, answer) in zip(changes, answers) {
            guard case .changed(let job) = answer, let old = before.job(change.id) else { continue }
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

    func swept(before: MemoryModel, after: MemoryModel, seen: inout Set<Sometimes>) {
        for old in before.jobs(JobFilter(state: .running), page: PageRequest(limit: 1_000)).items {
            guard let job = after.job(old.id), job.state != old.state else { continue }
            switch job.outcome {
            case .failed(.quarantined): seen.insert(.quarantined)
            case .failed(.neverStarted): seen.insert(.neverStarted)
            case .failed(.deadline): seen.insert(.deadlineWhileRunning)
            default: seen.insert(.leaseExpired)
            }
        }
    }

    // MARK: After every commit

    mutating func committed(_ model: MemoryModel, at now: Moment, seen: inout Set<Sometimes>) throws(Violation) {
        durableKeys = keys
        let jobs = model.jobs(JobFilter(), page: PageRequest(limit: 1_000)).items
        var unique: [JSONText: JobID] = [:]
        for job in jobs {
            if let old = last[job.id] {
                if old == job { if job.outcome == nil { try check(unique: job, &unique) }; continue }
                try compare(old, job)
            }
            try check(job, model)
            if job.outcome == nil { try check(unique: job, &unique) }
            if case .expired = job.outcome { seen.insert(.expired) }
            last[job.id] = job
        }
        for id in acknowledgedJobs where model.job(id) == nil { throw Violation(.acknowledgedIsKept, "\(id)") }
        for run in model.workflows(WorkflowFilter(), page: PageRequest(limit: 100)).items {
            try check(run, jobs.filter { $0.membership?.workflow == run.id }, &seen)
        }
    }

    private func compare(_ old: Job, _ new: Job) throws(Violation) {
        if new.fence < old.fence || new.attempts < old.attempts || new.generation < old.generation {
            throw Violation(.fenceGrows, "\(new.id): fence \(old.fence) → \(new.fence)")
        }
        if new.attempts - old.attempts > new.fence - old.fence { throw Violation(.fenceGrows, "\(new.id): a claim kept its fence") }
        if let outcome = old.outcome, new.generation == old.generation, new.outcome != outcome || new.result != old.result {
            throw Violation(.finishedIsFinal, "\(new.id): \(outcome) → \(new.state)")
        }
    }

    private func check(_ job: Job, _ model: MemoryModel) throws(Violation) {
        if let broken = job.brokenInvariant { throw Violation(.jobIsSound, "\(job.id): \(broken)") }
        if job.used.failed > job.options.retry.retries + 1 { throw Violation(.budgetsHold, "\(job.id): \(job.used)") }
        let attempts = model.attempts(of: job.id)
        let open = attempts.filter { $0.end == nil }
        let isRunning = job.state.name == .running
        if attempts.map(\.number) != Array(1..<(job.attempts + 1)) || open.count != (isRunning ? 1 : 0) {
            throw Violation(.attemptsAreSound, "\(job.id): \(attempts.count) of \(job.attempts), \(open.count) open")
        }
        if Set(attempts.map(\.fence)).count != attempts.count { throw Violation(.fenceGrows, "\(job.id): a fence twice") }
        let successes = attempts.filter { $0.generation == job.generation && $0.end?.name == .succeeded }
        if job.outcome == .succeeded, successes.count != 1 { throw Violation(.successHasStart, "\(job.id)") }
    }

    private func check(unique job: Job, _ unique: inout [JSONText: JobID]) throws(Violation) {
        guard job.options.unique != nil, job.generation == 1 else { return }
        if let other = unique[job.arguments] { throw Violation(.uniqueIsUnique, "\(other) and \(job.id)") }
        unique[job.arguments] = job.id
    }

    private func check(_ run: WorkflowRun, _ jobs: [Job], _ seen: inout Set<Sometimes>) throws(Violation) {
        for step in run.steps {
            let members = jobs.filter { $0.membership?.step == step.name }
            let ended = members.count { $0.outcome != nil }
            if case .running = step.state, step.ended.total != ended || step.members != members.count {
                throw Violation(.workflowIsCounted, "\(run.id) \(step.name): \(step.ended.total) of \(ended)")
            }
            if step.name != "each", members.count > 1 { throw Violation(.joinsOnce, "\(run.id) \(step.name)") }
            if case .finished(let outcome) = step.state {
                if ended != members.count { throw Violation(.workflowIsCounted, "\(run.id) \(step.name) ended early") }
                if outcome == .unreachable { seen.insert(.unreachable) }
                if step.name == "cleanup", outcome == .succeeded { seen.insert(.failureBranch) }
            }
            try checkOrder(run, step, members, jobs)
        }
    }

    /// A step that has begun for the first time finds everything it needs finished.
    private func checkOrder(_ run: WorkflowRun, _ step: StepRun, _ members: [Job], _ jobs: [Job]) throws(Violation) {
        guard jobs.allSatisfy({ $0.generation == 1 }), members.contains(where: { $0.attempts > 0 }) else { return }
        let definition = Workflows.definitions.first { $0.name.text == run.definition.name }
        for need in definition?.steps.first(where: { $0.name == step.name })?.needs ?? [] {
            guard case .finished = run.steps.first(where: { $0.name == need })?.state else {
                throw Violation(.stepsRunByRule, "\(run.id) \(step.name) runs before \(need) has ended")
            }
        }
    }

    mutating func rolledBack(to model: MemoryModel) {
        keys = durableKeys
        last = last.filter { model.job($0.key) != nil }
    }

    // MARK: At the end

    func allEnded(_ model: MemoryModel) -> Bool {
        model.queues().allSatisfy { $0.waiting + $0.running == 0 }
            && model.workflows(WorkflowFilter(isFinished: false), page: PageRequest(limit: 1)).items.isEmpty
    }

    func stuck(_ model: MemoryModel) -> String {
        let jobs = model.jobs(JobFilter(), page: PageRequest(limit: 1_000)).items.filter { $0.outcome == nil }
        let runs = model.workflows(WorkflowFilter(isFinished: false), page: PageRequest(limit: 10)).items
        return "\(jobs.count) jobs and \(runs.count) runs did not end, first: "
            + (jobs.first.map { "\($0.id) \($0.state)" } ?? runs.first.map { "\($0.id)" } ?? "a node still asks")
    }

    func finish(_ model: MemoryModel, acknowledged: [JobID], at now: Moment, seen: inout Set<Sometimes>) throws(Violation) {
        for id in acknowledged where model.job(id)?.outcome == nil { throw Violation(.everythingEnds, "\(id)") }
        if !model.jobs(JobFilter(state: .running), page: PageRequest(limit: 1)).items.isEmpty {
            throw Violation(.nothingLeaks, "a job still runs")
        }
    }
}
