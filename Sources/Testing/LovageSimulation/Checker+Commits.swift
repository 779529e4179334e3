import LovageCore
import LovageMemoryStore
import LovageStore
import LovageWorkflow

extension Checker {
    // MARK: After every commit

    mutating func committed(
        _ model: MemoryModel, _ wakes: [WakeTopic], at now: Moment, seen: inout Set<Sometimes>
    ) throws(Violation) {
        durableKeys = keys
        durableLeases = leases
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
        if isFullLook { try lookAtEverything(model, at: now, &seen) }
    }

    /// True after every 64th commit.
    var isFullLook: Bool { commits.isMultiple(of: 64) }

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
    mutating func lookAtEverything(_ model: MemoryModel, at now: Moment, _ seen: inout Set<Sometimes>) throws(Violation)
    {
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
        try checkQueues(model, jobs)
        try checkWorkers(model, at: now)
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

    /// What a queue is said to hold is what is in it.
    private func checkQueues(_ model: MemoryModel, _ jobs: [Job]) throws(Violation) {
        for queue in model.queues() {
            var counts: [JobState.Name: Int] = [:]
            for job in jobs where job.queue == queue.name { counts[job.state.name, default: 0] += 1 }
            let said: [(JobState.Name, Int)] = [
                (.ready, queue.ready), (.suspended, queue.suspended), (.blocked, queue.blocked),
                (.running, queue.running),
            ]
            for (state, count) in said where count != counts[state, default: 0] {
                throw Violation(.countsAreTrue, "\(queue.name) has \(counts[state, default: 0]) \(state), not \(count)")
            }
        }
    }

    // MARK: What is kept beside the jobs

    private mutating func follow(_ job: Job) {
        if let membership = job.membership { members[membership.workflow, default: []].insert(job.id) }
        guard let key = job.equality else { return }
        if job.standsAlone {
            unique[key, default: []].insert(job.id)
        } else {
            unique[key]?.remove(job.id)
        }
    }

    private func checkUnique(_ job: Job) throws(Violation) {
        guard let key = job.equality, let holders = unique[key], holders.count > 1 else { return }
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
        leases = durableLeases
        last = last.filter { model.job($0.key) != nil }
        current = [:]
        for job in model.jobs(JobFilter(), page: PageRequest(limit: 1_000)).items { current[job.id] = job }
        highestSequence = current.values.map(\.sequence).max() ?? 0
        ready = Set(current.values.filter { $0.state == .ready }.map(\.id))
        running = Set(current.values.filter { $0.state.name == .running }.map(\.id))
        members = [:]
        unique = [:]
        for job in last.values { follow(job) }
    }
}
