import LovageCore
import LovageMemoryStore
import LovageStore
import LovageWorkflow

extension Checker {
    // MARK: After every commit

    mutating func committed(
        _ model: MemoryModel, _ wakes: [WakeTopic], seen: inout Set<Sometimes>
    ) throws(Violation) {
        durableKeys = keys
        commits += 1
        var touched: [Job] = []
        var runs: Set<WorkflowID> = []
        for topic in wakes {
            if case .workflow(let id) = topic { runs.insert(id) }
            guard case .job(let id) = topic, let job = model.job(id), last[id] != job else { continue }
            try look(at: job, model, &seen)
            touched.append(job)
        }
        for job in touched { try checkUnique(job) }
        for id in runs.sorted() {
            guard let run = model.workflow(id) else { continue }
            try check(run, jobs(of: id), &seen)
        }
        if commits.isMultiple(of: 64) { try lookAtEverything(model, &seen) }
    }

    private mutating func look(at job: Job, _ model: MemoryModel, _ seen: inout Set<Sometimes>) throws(Violation) {
        if let old = last[job.id] {
            try compare(old, job)
            if old.standIn != nil, job.standIn == nil, job.generation == old.generation { seen.insert(.mergedLetGo) }
        }
        if job.state == .suspended(.merged) { seen.insert(.memberMerged) }
        try check(job, model)
        if case .expired = job.outcome { seen.insert(.expired) }
        follow(job)
        last[job.id] = job
    }

    /// Every job and every run, whether anybody was woken for them or not.
    mutating func lookAtEverything(_ model: MemoryModel, _ seen: inout Set<Sometimes>) throws(Violation) {
        let jobs = model.jobs(JobFilter(), page: PageRequest(limit: 1_000)).items
        for job in jobs {
            guard let old = last[job.id], old == job || isRenewed(old, job) else {
                throw Violation(.changesAreTold, "\(job.id) changed to \(job.state)")
            }
            try check(job, model)
        }
        if jobs.count != last.count { throw Violation(.acknowledgedIsKept, "\(last.count) jobs, now \(jobs.count)") }
        if Set(jobs.filter { $0.state == .ready }.map(\.id)) != ready {
            throw Violation(.changesAreTold, "other jobs are ready than those that became so")
        }
        try checkAcknowledged(model)
        for run in model.workflows(WorkflowFilter(), page: PageRequest(limit: 100)).items {
            try check(run, self.jobs(of: run.id), &seen)
        }
    }

    /// A longer lease is the one change that nobody waits for.
    private func isRenewed(_ old: Job, _ job: Job) -> Bool {
        guard case .running(let before) = old.state, case .running(let lease) = job.state else { return false }
        return lease.expires >= before.expires && lease.worker == before.worker && old.fence == job.fence
    }

    private func compare(_ old: Job, _ new: Job) throws(Violation) {
        if new.fence < old.fence || new.attempts < old.attempts || new.generation < old.generation {
            throw Violation(.fenceGrows, "\(new.id): fence \(old.fence) → \(new.fence)")
        }
        if new.attempts - old.attempts > new.fence - old.fence {
            throw Violation(.fenceGrows, "\(new.id): a claim kept its fence")
        }
        if let outcome = old.outcome, new.generation == old.generation,
            new.outcome != outcome || new.result != old.result
        {
            throw Violation(.finishedIsFinal, "\(new.id): \(outcome) → \(new.state)")
        }
    }

    private func check(_ job: Job, _ model: MemoryModel) throws(Violation) {
        if let broken = job.brokenInvariant { throw Violation(.jobIsSound, "\(job.id): \(broken)") }
        if job.used.failed > job.options.retry.retries + 1 {
            throw Violation(.budgetsHold, "\(job.id): \(job.used)")
        }
        let attempts = model.attempts(of: job.id)
        let open = attempts.filter { $0.end == nil }
        let isRunning = job.state.name == .running
        if attempts.map(\.number) != Array(1..<(job.attempts + 1)) || open.count != (isRunning ? 1 : 0) {
            throw Violation(.attemptsAreSound, "\(job.id): \(attempts.count) of \(job.attempts), \(open.count) open")
        }
        if Set(attempts.map(\.fence)).count != attempts.count {
            throw Violation(.fenceGrows, "\(job.id): a fence twice")
        }
        if job.state == .suspended(.merged) { try checkMerged(job, model) }
        let successes = attempts.filter { $0.generation == job.generation && $0.end?.name == .succeeded }
        let needed = job.standIn == nil ? 1 : 0
        if job.outcome == .succeeded, successes.count != needed { throw Violation(.successHasStart, "\(job.id)") }
    }

    private func checkMerged(_ job: Job, _ model: MemoryModel) throws(Violation) {
        guard let other = job.standIn.flatMap(model.job), other.holdsUniqueKey, other.uniqueKey == job.uniqueKey else {
            throw Violation(.mergedIsStoodFor, "\(job.id) by \(job.standIn.map(\.description) ?? "none")")
        }
    }

    // MARK: What is kept beside the jobs

    private mutating func follow(_ job: Job) {
        if let membership = job.membership { members[membership.workflow, default: []].insert(job.id) }
        guard let key = job.uniqueKey else { return }
        if job.holdsUniqueKey {
            unique[key, default: []].insert(job.id)
        } else {
            unique[key]?.remove(job.id)
        }
    }

    private func checkUnique(_ job: Job) throws(Violation) {
        guard let key = job.uniqueKey, let holders = unique[key], holders.count > 1 else { return }
        throw Violation(.uniqueIsUnique, "\(holders.sorted())")
    }

    private func jobs(of run: WorkflowID) -> [Job] { (members[run] ?? []).compactMap { last[$0] } }

    private func checkAcknowledged(_ model: MemoryModel) throws(Violation) {
        for id in acknowledgedJobs where model.job(id) == nil { throw Violation(.acknowledgedIsKept, "\(id)") }
    }

    /// After a crash of the server: nothing is gone but what nobody was told of.
    mutating func rolledBack(to model: MemoryModel) throws(Violation) {
        try checkAcknowledged(model)
        keys = durableKeys
        last = last.filter { model.job($0.key) != nil }
        ready = Set(model.jobs(JobFilter(state: .ready), page: PageRequest(limit: 1_000)).items.map(\.id))
        members = [:]
        unique = [:]
        for job in last.values { follow(job) }
    }
}
