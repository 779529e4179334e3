#if Server
import LovageAPI
import LovageCore
import LovageStore
import LovageWorkflow

/// Says in sentences what a run waits for, or why it ended so, step by step.
struct RunExplainer: Sendable {
    let store: any Store
    /// Explains the jobs that are under way.
    let explainer: JobExplainer
    /// Most jobs of one step that are explained one by one.
    private static let mostJobs = 5

    /// What the steps that are not over wait for; `definition` is that of the version the run keeps.
    func explain(_ run: WorkflowRun, _ definition: WorkflowDefinition?) async throws -> RunExplainView {
        if let outcome = run.outcome { return try await explain(run, endedAs: outcome) }
        let over = Set(run.steps.filter(\.isFinished).map(\.name))
        var steps: [StepReasonView] = []
        for step in run.steps {
            switch step.state {
            case .finished: continue
            case .waiting:
                let needs = definition?.steps.first { $0.name == step.name }?.needs.filter { !over.contains($0) } ?? []
                steps.append(StepReasonView(name: step.name, state: .waiting, reasons: [Self.waits(for: needs)]))
            case .running:
                let jobs = try await openJobs(run.id, step.name)
                // Its jobs may run; until one of them does, people would not say that it runs.
                let hasBegun = step.ended.total > 0 || jobs.contains { $0.started != nil }
                steps.append(
                    StepReasonView(
                        name: step.name, state: hasBegun ? .running : .waiting, reasons: try await reasons(step, jobs)))
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

    /// Which steps failed or were cancelled, with their jobs.
    private func explain(_ run: WorkflowRun, endedAs outcome: WorkflowOutcome) async throws -> RunExplainView {
        var steps: [StepReasonView] = []
        for step in run.steps {
            guard case .finished(let end) = step.state, end == .failed || end == .cancelled else { continue }
            var reasons: [ReasonView] = []
            for failure in try await failures(run.id, step) {
                let place = failure.index.map { "[\($0)]" } ?? ""
                reasons.append(
                    ReasonView(
                        failure.outcome.rawValue,
                        "job \(failure.job)\(place) \(failure.outcome.rawValue): \(failure.message)",
                        hint: "lovage logs \(failure.job)"))
            }
            // A step that was cancelled with its run says nothing that the run does not say.
            if reasons.isEmpty {
                guard end == .failed else { continue }
                reasons = [ReasonView("failed", step.reason ?? "it failed")]
            }
            steps.append(StepReasonView(name: step.name, state: .finished, reasons: reasons))
        }
        let why = run.cancelled.flatMap { $0.isEmpty ? nil : ": \($0)" } ?? ""
        let places = steps.isEmpty ? "" : " at \(steps.map(\.name).joined(separator: ", "))"
        return RunExplainView(
            id: run.id, state: .finished, summary: "it is finished: \(outcome.rawValue)\(why)\(places)", steps: steps,
            hint: outcome == .succeeded ? nil : "lovage workflow retry \(run.id)")
    }

    private func failures(_ id: WorkflowID, _ step: StepRun) async throws -> [MemberFailureView] {
        try await first(MemberFailureView.most, of: id, step.name) { MemberFailureView($0) }
    }

    private static func waits(for needs: [String]) -> ReasonView {
        needs.isEmpty
            ? ReasonView("needs", "the workflow has not decided yet whether it runs")
            : ReasonView("needs", "it waits for \(needs.joined(separator: ", "))")
    }

    /// How many of a step's jobs are over, and what the first of the others wait for.
    private func reasons(_ step: StepRun, _ jobs: [Job]) async throws -> [ReasonView] {
        var reasons = [ReasonView("members", "\(step.ended.total) of \(step.members) jobs have ended")]
        for job in jobs {
            let place = job.membership?.index.map { "[\($0)]" } ?? ""
            reasons.append(ReasonView("job", "job \(job.id)\(place): \(try await explainer.explain(job).summary)"))
        }
        return reasons
    }

    private func openJobs(_ id: WorkflowID, _ step: String) async throws -> [Job] {
        try await first(Self.mostJobs, of: id, step) { $0.outcome == nil ? $0 : nil }
    }

    /// The first of a step's jobs that `pick` takes.
    private func first<Picked>(
        _ count: Int, of id: WorkflowID, _ step: String, _ pick: (Job) -> Picked?
    ) async throws -> [Picked] {
        let slice = 500
        var picked: [Picked] = []
        var offset = 0
        while picked.count < count {
            let jobs = try await store.members(of: id, step: step, offset: offset, limit: slice, whole: [])
            picked += jobs.lazy.map(\.job).compactMap(pick)
            offset += jobs.count
            if jobs.count < slice { break }
        }
        return Array(picked.prefix(count))
    }
}
#endif
