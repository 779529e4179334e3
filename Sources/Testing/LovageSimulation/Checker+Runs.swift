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
            if step.state != .waiting { try checkTally(run, step, members) }
            if case .finished(let outcome) = step.state {
                if ended != members.count { throw Violation(.workflowIsCounted, "\(run.id) \(step.name) ended early") }
                if outcome == .unreachable { seen.insert(.unreachable) }
                if step.name == "cleanup", outcome == .succeeded { seen.insert(.failureBranch) }
                try checkOutcome(run, step, outcome, members)
            }
            try checkOrder(run, step, members, jobs)
        }
        try checkEnd(run, jobs)
    }

    private func checkTally(_ run: WorkflowRun, _ step: StepRun, _ members: [Job]) throws(Violation) {
        var tally = StepRun.Tally()
        for job in members {
            switch job.outcome?.name {
            case .succeeded: tally.succeeded += 1
            case .failed, .expired: tally.failed += 1
            case .cancelled: tally.cancelled += 1
            case .skipped: tally.skipped += 1
            case nil: break
            }
        }
        if tally != step.ended { throw Violation(.workflowIsCounted, "\(run.id) \(step.name): \(step.ended)") }
    }

    /// A step ends as the worst of its members.
    private func checkOutcome(
        _ run: WorkflowRun, _ step: StepRun, _ outcome: StepOutcome, _ members: [Job]
    ) throws(Violation) {
        let names = Set(members.compactMap { $0.outcome?.name })
        let expected: StepOutcome
        if names.isEmpty {
            // A list that was never made: nobody but the machine can say how it ended.
            expected = outcome
        } else if names.contains(.failed) || names.contains(.expired) {
            expected = .failed
        } else if names.contains(.cancelled) {
            let isUnreached = members.count == 1 && members[0].outcome?.isUnreachable == true
            expected = isUnreached ? .unreachable : .cancelled
        } else {
            expected = names.contains(.succeeded) ? .succeeded : .skipped
        }
        if outcome != expected { throw Violation(.workflowIsCounted, "\(run.id) \(step.name) \(outcome)") }
    }

    /// A run ends with its last step, as the worst of them, and a cancelled one with what cleans up after it.
    private func checkEnd(_ run: WorkflowRun, _ jobs: [Job]) throws(Violation) {
        let outcomes = run.steps.compactMap(\.outcome)
        let isOver = outcomes.count == run.steps.count
        if isOver != (run.outcome != nil) || isOver != (run.finished != nil) {
            throw Violation(.runsEndWithTheirSteps, "\(run.id): \(outcomes.count) steps of \(run.steps.count)")
        }
        if run.cancelled != nil, let open = run.steps.first(where: { $0.outcome == nil && !cleansUp($0, run) }) {
            throw Violation(.cancelIsEffective, "\(open.name) of run \(run.id)")
        }
        guard let outcome = run.outcome else { return }
        let expected: WorkflowOutcome =
            run.cancelled != nil
            ? .cancelled
            : outcomes.contains(.failed) ? .failed : outcomes.contains(.cancelled) ? .cancelled : .succeeded
        if outcome != expected { throw Violation(.runsEndWithTheirSteps, "\(run.id) \(outcome)") }
        if outcome == .succeeded, run.definition.name == "chain" {
            let result = jobs.first { $0.membership?.step == "third" }?.result?.value() ?? .null
            guard run.outputs?.value()["last"] == result else {
                throw Violation(.stepsGetTheirData, "the outputs of \(run.id)")
            }
        }
    }

    /// True for a failure branch, and for what is behind one.
    private func cleansUp(_ step: StepRun, _ run: WorkflowRun) -> Bool {
        let steps = Workflows.definitions.first { $0.name.text == run.definition.name }?.steps ?? []
        var found = Set(steps.filter { $0.rule == .anyFailed }.map(\.name))
        // In these workflows a step comes after what it needs.
        for step in steps where step.needs.contains(where: found.contains) { found.insert(step.name) }
        return found.contains(step.name)
    }

    /// A step that has begun for the first time finds everything it needs finished, in a way that its rule accepts; one
    /// that could not be reached is behind one that its rule does not accept.
    private func checkOrder(_ run: WorkflowRun, _ step: StepRun, _ members: [Job], _ jobs: [Job]) throws(Violation) {
        let definition = Workflows.definitions.first { $0.name.text == run.definition.name }?.steps
            .first { $0.name == step.name }
        let needs = run.steps.filter { definition?.needs.contains($0.name) == true }
        let isRefused = needs.contains { $0.outcome?.isBad == true }
        if step.outcome == .unreachable, !isRefused {
            throw Violation(.stepsRunByRule, "\(run.id) \(step.name) was not reached, and nothing it needs failed")
        }
        if step.state == .waiting, run.cancelled == nil, !needs.contains(where: { $0.outcome == nil }) {
            throw Violation(.stepsRunByRule, "\(run.id) \(step.name) waits for nothing")
        }
        let isFirst = jobs.allSatisfy { job in
            job.generation == 1 || !needs.contains { $0.name == job.membership?.step }
        }
        guard isFirst, members.contains(where: { $0.attempts > 0 }) else { return }
        for need in needs where need.outcome == nil {
            throw Violation(.stepsRunByRule, "\(run.id) \(step.name) runs before \(need.name) has ended")
        }
        switch definition?.rule {
        case .allSucceeded where isRefused:
            throw Violation(.stepsRunByRule, "\(run.id) \(step.name) runs although something it needs failed")
        case .anyFailed where !isRefused:
            throw Violation(.stepsRunByRule, "\(run.id) \(step.name) runs although nothing it needs failed")
        case .allSucceeded, .anyFailed, .allFinished, nil: break
        }
    }
}

extension StepOutcome {
    /// True when the ordinary rule does not go on behind it.
    var isBad: Bool {
        switch self {
        case .failed, .cancelled, .unreachable: true
        case .succeeded, .skipped: false
        }
    }
}
