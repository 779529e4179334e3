import LovageCore
import LovageMemoryStore
import LovageStore
import LovageWorkflow

extension Checker {
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
        _ model: MemoryModel, acknowledged: [JobID], sink: FencedSink, at now: Moment, seen: inout Set<Sometimes>
    ) throws(Violation) {
        try lookAtEverything(model, at: now, &seen)
        for id in acknowledged where model.job(id)?.outcome == nil { throw Violation(.everythingEnds, "\(id)") }
        if !model.jobs(JobFilter(state: .running), page: PageRequest(limit: 1)).items.isEmpty {
            throw Violation(.nothingLeaks, "a job still runs")
        }
        for job in last.values {
            try checkStoodFor(job, model)
            guard job.outcome == .succeeded, job.standIn == nil else { continue }
            let fence = model.attempts(of: job.id).last { $0.end?.name == .succeeded }?.fence ?? 0
            if sink.highest(of: job.id) < fence { throw Violation(.sinkIsFenced, "\(job.id): fence \(fence)") }
        }
    }
}
