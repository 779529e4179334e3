import LovageCore
import LovageMemoryStore
import LovageStore
import LovageWorkflow

extension Checker {
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
            best += candidates.filter { $0.queue == queue }.sorted { $0.isBefore($1) }.map(\.id)
        }
        return Expectation(best: Array(best.prefix(request.limit)), paused: paused)
    }

    func claimed(
        _ jobs: [Job], _ request: ClaimRequest, _ expected: Expectation, in model: MemoryModel, at now: Moment
    ) throws(Violation) {
        for (index, job) in jobs.enumerated() {
            if expected.paused.contains(job.queue) { throw Violation(.pausedIsQuiet, "\(job.id)") }
            try notBeforeItsTime(job, at: now)
            try checkLease(of: job, isStarting: index < request.starting, request, at: now)
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

    private func notBeforeItsTime(_ job: Job, at now: Moment) throws(Violation) {
        guard job.generation == 1, job.membership == nil, case .after(let delay) = job.options.start else { return }
        if now.store < job.submitted.store + delay { throw Violation(.notBeforeItsTime, "\(job.id)") }
    }

    /// The attempt begins empty, as started as was asked for, with a lease of the length that was asked for.
    private func checkLease(
        of job: Job, isStarting: Bool, _ request: ClaimRequest, at now: Moment
    ) throws(Violation) {
        guard case .running(let lease) = job.state, lease.worker == request.worker, lease.claimed == now.store,
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
