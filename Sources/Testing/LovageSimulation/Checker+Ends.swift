import LovageCore
import LovageMemoryStore
import LovageStore
import LovageWorkflow

extension Checker {
    // MARK: Workflows

    func check(_ run: WorkflowRun, _ jobs: [Job], _ seen: inout Set<Sometimes>) throws(Violation) {
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

    mutating func finish(
        _ model: MemoryModel, acknowledged: [JobID], sink: FencedSink, seen: inout Set<Sometimes>
    ) throws(Violation) {
        try lookAtEverything(model, &seen)
        for id in acknowledged where model.job(id)?.outcome == nil { throw Violation(.everythingEnds, "\(id)") }
        if !model.jobs(JobFilter(state: .running), page: PageRequest(limit: 1)).items.isEmpty {
            throw Violation(.nothingLeaks, "a job still runs")
        }
        for job in last.values where job.outcome == .succeeded && job.standIn == nil {
            let fence = model.attempts(of: job.id).last { $0.end?.name == .succeeded }?.fence ?? 0
            if sink.highest(of: job.id) < fence { throw Violation(.sinkIsFenced, "\(job.id): fence \(fence)") }
        }
    }
}
