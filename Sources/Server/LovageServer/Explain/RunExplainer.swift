#if Server
import LovageAPI
import LovageCore
import LovageStore
import LovageWorkflow

/// Says in sentences what a run waits for, step by step.
struct RunExplainer: Sendable {
    let store: any Store
    /// Most jobs of one step that are explained one by one.
    private static let mostJobs = 5

    /// What the steps that are not over wait for; `definition` is that of the version the run keeps.
    func explain(_ run: WorkflowRun, _ definition: WorkflowDefinition?) async throws -> RunExplainView {
        if let outcome = run.outcome {
            return RunExplainView(
                id: run.id, state: .finished, summary: "it is finished: \(outcome.rawValue)", steps: [])
        }
        let over = Set(run.steps.filter(\.isFinished).map(\.name))
        var steps: [StepReasonView] = []
        for step in run.steps {
            switch step.state {
            case .finished: continue
            case .waiting:
                let needs = definition?.steps.first { $0.name == step.name }?.needs.filter { !over.contains($0) } ?? []
                steps.append(StepReasonView(name: step.name, state: .waiting, reasons: [Self.waits(for: needs)]))
            case .running:
                steps.append(StepReasonView(name: step.name, state: .running, reasons: try await reasons(run.id, step)))
            }
        }
        let running = steps.filter { $0.state == .running }.map(\.name)
        let summary =
            running.isEmpty
            ? "no step runs, \(steps.count) wait"
            : "\(running.joined(separator: ", ")) \(running.count == 1 ? "is" : "are") under way, "
                + "\(steps.count - running.count) steps wait"
        return RunExplainView(id: run.id, state: .running, summary: summary, steps: steps)
    }

    private static func waits(for needs: [String]) -> ReasonView {
        needs.isEmpty
            ? ReasonView("needs", "the workflow has not decided yet whether it runs")
            : ReasonView("needs", "it waits for \(needs.joined(separator: ", "))")
    }

    /// How many of a step's jobs are over, and what the first of the others wait for.
    private func reasons(_ id: WorkflowID, _ step: StepRun) async throws -> [ReasonView] {
        let jobs = try await openJobs(id, step.name)
        var reasons = [ReasonView("members", "\(step.ended.total) of \(step.members) jobs have ended")]
        let explainer = JobExplainer(store: store)
        for job in jobs {
            let place = job.membership?.index.map { "[\($0)]" } ?? ""
            reasons.append(ReasonView("job", "job \(job.id)\(place): \(try await explainer.explain(job).summary)"))
        }
        return reasons
    }

    private func openJobs(_ id: WorkflowID, _ step: String) async throws -> [Job] {
        let slice = 500
        var open: [Job] = []
        var offset = 0
        while open.count < Self.mostJobs {
            let jobs = try await store.members(of: id, step: step, offset: offset, limit: slice)
            open += jobs.filter { $0.outcome == nil }
            offset += jobs.count
            if jobs.count < slice { break }
        }
        return Array(open.prefix(Self.mostJobs))
    }
}
#endif
