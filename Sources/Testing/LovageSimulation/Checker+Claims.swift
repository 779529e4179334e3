import LovageCore
import LovageMemoryStore
import LovageStore
import LovageWorkflow

extension Checker {
    /// What a claim must take, worked out before it.
    struct Expectation {
        let best: [JobID]
        let paused: Set<QueueName>
        /// When the attempts may begin of jobs that are taken ahead of their time; none while others are ready.
        var ahead: [JobID: StoreTime] = [:]
    }

    func expectation(of request: ClaimRequest, in model: MemoryModel, at now: Moment) -> Expectation {
        let paused = Set(request.offer.queues.filter { model.settings(of: $0).isPaused })
        let candidates = ready.compactMap { model.job($0) }
            .filter { request.offer.kinds.contains($0.kind) && mayStart($0, now) }
        var best: [JobID] = []
        for queue in request.offer.queues where !paused.contains(queue) {
            best += candidates.filter { $0.queue == queue }.sorted { $0.isBefore($1) }.map(\.id)
        }
        let soon = best.isEmpty && request.limit > 0 ? soonDue(for: request, paused, at: now) : []
        return Expectation(
            best: Array((best + soon.map(\.id)).prefix(request.limit)), paused: paused,
            ahead: Dictionary(uniqueKeysWithValues: soon))
    }

    /// What is due within the time that a claim looks ahead, by the store's clock before the wall's, the first one first.
    private func soonDue(
        for request: ClaimRequest, _ paused: Set<QueueName>, at now: Moment
    ) -> [(id: JobID, begins: StoreTime)] {
        guard request.ahead > .zero else { return [] }
        var byStore: [Soon] = []
        var byWall: [Soon] = []
        for job in current.values {
            switch job.state {
            case .suspended(.until(let due)), .suspended(.retry(let due)):
                byStore.append(Soon(wait: due - now.store, job: job))
            case .suspended(.at(let due)): byWall.append(Soon(wait: due - now.wall, job: job))
            case .suspended, .ready, .blocked, .running, .finished: break
            }
        }
        return (Soon.first(of: byStore, within: request.ahead) + Soon.first(of: byWall, within: request.ahead))
            .map { soon in (soon.job, now.store + max(.zero, soon.wait)) }
            .filter { job, begins in
                request.offer.kinds.contains(job.kind) && request.offer.queues.contains(job.queue)
                    && !paused.contains(job.queue) && mayStart(job, Moment(store: begins, wall: now.wall))
            }
            .map { job, begins in (id: job.id, begins: begins) }
    }

    /// A job that waits for a time, and how long that is from now.
    private struct Soon {
        let wait: Duration
        let job: Job

        /// Those that a claim looks at.
        static func first(of waiting: [Soon], within ahead: Duration) -> ArraySlice<Soon> {
            waiting.filter { $0.wait <= ahead }
                .sorted { left, right in (left.wait, left.job.id) < (right.wait, right.job.id) }
                .prefix(ClaimRule.mostLookedAtAhead)
        }
    }

    func claimed(
        _ jobs: [Job], _ request: ClaimRequest, _ expected: Expectation, in model: MemoryModel, at now: Moment
    ) throws(Violation) {
        for (index, job) in jobs.enumerated() {
            if expected.paused.contains(job.queue) { throw Violation(.pausedIsQuiet, "\(job.id)") }
            let begins = expected.ahead[job.id] ?? now.store
            try notBeforeItsTime(job, begins)
            let isStarting = expected.ahead.isEmpty && index < request.starting
            try checkLease(of: job, isStarting: isStarting, begins, request, at: now)
            try checkArguments(of: job, model)
        }
        let taken = jobs.map(\.id)
        if taken != expected.best { throw Violation(.bestFirst, "took \(taken), best were \(expected.best)") }
    }

    private func mayStart(_ job: Job, _ now: Moment) -> Bool {
        guard job.generation == 1 else { return true }
        if job.started == nil, let window = job.options.startWithin, job.submitted.store + window <= now.store {
            return false
        }
        if let deadline = job.options.deadline, job.submitted.store + deadline <= now.store { return false }
        return true
    }

    private func notBeforeItsTime(_ job: Job, _ begins: StoreTime) throws(Violation) {
        guard job.generation == 1, job.membership == nil, case .after(let delay) = job.options.start else { return }
        if begins < job.submitted.store + delay { throw Violation(.notBeforeItsTime, "\(job.id)") }
    }

    /// The attempt begins empty, as started as was asked for, with a lease of the length that was asked for.
    private func checkLease(
        of job: Job, isStarting: Bool, _ begins: StoreTime, _ request: ClaimRequest, at now: Moment
    ) throws(Violation) {
        guard case .running(let lease) = job.state, lease.worker == request.worker, lease.claimed == begins,
            lease.expires == max(now.store + request.lease, leases[request.worker]?.ends ?? now.store)
        else { throw Violation(.leaseIsKept, "\(job.id) was claimed as \(job.state)") }
        if (lease.started != nil) != isStarting {
            throw Violation(.budgetsHold, "\(job.id) was claimed as \(isStarting ? "waiting" : "started")")
        }
        if job.progress != nil || job.status != nil {
            throw Violation(.jobIsSound, "\(job.id) begins with an earlier attempt's progress")
        }
    }

    /// A step's job gets what its definition names of the steps before it.
    private func checkArguments(of job: Job, _ model: MemoryModel) throws(Violation) {
        guard let membership = job.membership, let run = model.workflow(membership.workflow) else { return }
        switch (run.definition.name, membership.step) {
        case ("chain", "second"):
            // What was skipped, and retried after this step was decided, has a result that came too late.
            guard let first = member("first", of: membership.workflow), first.generation == 1 else { return }
            guard job.arguments.value()["from"] == first.result?.value() ?? .null else {
                throw Violation(.stepsGetTheirData, "\(job.id) got \(job.arguments.string)")
            }
        case ("fan", "each"):
            guard let index = membership.index, job.arguments.value()["item"] == .number(JSONNumber(index + 1)) else {
                throw Violation(.stepsGetTheirData, "\(job.id) got \(job.arguments.string)")
            }
        case ("branch", "only"):
            // What it depends on may have been retried since it was decided.
            guard let left = member("left", of: membership.workflow), left.generation == 1, job.generation == 1 else {
                return
            }
            if left.outcome?.name != .failed {
                throw Violation(.stepsRunByRule, "\(job.id) runs against its condition")
            }
        default: break
        }
    }

    private func member(_ step: String, of run: WorkflowID) -> Job? {
        current.values.first { $0.membership?.workflow == run && $0.membership?.step == step }
    }
}
