import LovageCore

// What each event does to the steps; `advance` then follows the edges of those that ended.

extension WorkflowMachine {
    /// Counts the end of a member; the step ends with its last one.
    func count(_ outcome: Outcome, of position: Int, _ run: inout WorkflowRun, _ work: inout Work) {
        if case .finished = run.steps[position].state { return }
        if run.steps[position].state == .waiting {
            // A held job ended: settled by us, or called off or out of time before its needs were met.
            run.steps[position].members = 1
            run.steps[position].reason = run.steps[position].reason ?? Self.reason(outcome)
        }
        run.steps[position].ended.add(outcome, 1)
        guard run.steps[position].ended.total >= run.steps[position].members else { return }
        run.steps[position].state = .finished(run.steps[position].ended.stepOutcome(last: outcome))
        work.ended.append(position)
    }

    /// Takes back the end of a member and of what could not be reached because of it.
    func reopen(_ position: Int, after outcome: Outcome, _ run: inout WorkflowRun, _ work: inout Work) {
        let wasCancelled = run.cancelled != nil
        run.cancelled = nil
        run.outcome = nil
        run.finished = nil
        run.outputs = nil
        run.steps[position].ended.add(outcome, -1)
        if run.steps[position].endedWithoutRunning {
            run.steps[position].becomeWaiting()
        } else {
            run.steps[position].state = .running
        }
        var open = graph.dependents[position]
        while let next = open.popLast() {
            guard run.steps[next].wasNeverReached(inCancelledRun: wasCancelled) else { continue }
            run.steps[next].becomeWaiting()
            if definition.steps[next].foreach == nil { work.actions.append(.reopen(step: run.steps[next].name)) }
            open += graph.dependents[next]
        }
    }

    /// Calls off every job; steps that have none yet end here.
    func cancel(_ reason: String, _ run: inout WorkflowRun, _ work: inout Work) {
        run.cancelled = reason
        for (position, step) in definition.steps.enumerated() where step.foreach != nil {
            guard run.steps[position].state == .waiting else { continue }
            run.steps[position].end(.cancelled, because: Self.reason(.cancelled(.workflow(reason))))
            work.ended.append(position)
        }
        work.actions.append(.cancelMembers(reason: reason))
    }

    /// Decides the steps behind those that ended, and ends the run with its last step.
    func advance<Failure: Error>(
        _ run: inout WorkflowRun, _ work: inout Work, at now: StoreTime,
        _ results: (String) throws(Failure) -> [JSONText?]
    ) throws(Failure) {
        var next = 0
        while next < work.ended.count {
            for dependent in graph.dependents[work.ended[next]] {
                try decide(dependent, &run, &work, at: now, results)
            }
            next += 1
        }
        guard run.outcome == nil, next > 0 || run.steps.isEmpty, run.steps.reversed().allSatisfy(\.isFinished) else {
            return
        }
        run.outcome = Self.outcome(of: run)
        run.finished = now
        if run.outcome == .succeeded { run.outputs = try outputs(of: run, &work, results) }
    }

    private static func outcome(of run: WorkflowRun) -> WorkflowOutcome {
        if run.cancelled != nil { return .cancelled }
        let outcomes = Set(run.steps.compactMap(\.outcome))
        if outcomes.contains(.failed) { return .failed }
        return outcomes.contains(.cancelled) ? .cancelled : .succeeded
    }

    /// Why a step ended whose job never ran.
    private static func reason(_ outcome: Outcome) -> String {
        switch outcome {
        case .succeeded: "it ended before its needs did"
        case .failed(let reason): "it failed before it could run: \(reason.rawValue)"
        case .cancelled(.requested(let text)): text.isEmpty ? "it was cancelled" : "it was cancelled: \(text)"
        case .cancelled(.unreachable(let step)): "it needs \(step)"
        case .cancelled(.workflow(let text)): text.isEmpty ? "the run was cancelled" : "the run was cancelled: \(text)"
        case .expired: "it did not start in time"
        case .skipped(let reason): reason
        }
    }
}

extension StepRun.Tally {
    mutating func add(_ outcome: Outcome, _ count: Int) {
        switch outcome {
        case .succeeded: succeeded += count
        case .failed, .expired: failed += count
        case .cancelled: cancelled += count
        case .skipped: skipped += count
        }
    }

    /// How a step ends whose members ended so; `last` is the outcome of the only one when there is one.
    func stepOutcome(last: Outcome) -> StepOutcome {
        if failed > 0 { return .failed }
        if cancelled > 0 {
            if total == 1, case .cancelled(.unreachable) = last { return .unreachable }
            return .cancelled
        }
        return succeeded > 0 ? .succeeded : .skipped
    }
}

extension StepRun {
    /// True when it ended before any of its jobs could run. A manual retry of its job then has to hold the job
    /// (`.retried(held: true)`): it has no arguments yet, and the machine decides the step again.
    public var endedWithoutRunning: Bool { isFinished && reason != nil }

    /// How it ended; nil until then.
    public var outcome: StepOutcome? {
        if case .finished(let outcome) = state { outcome } else { nil }
    }

    /// True when all its jobs have ended.
    public var isFinished: Bool { outcome != nil }

    /// True when it ended because of what it needs, or of the whole run, before it could begin; what a person called
    /// off while it waited stays called off.
    func wasNeverReached(inCancelledRun isCancelled: Bool) -> Bool {
        switch outcome {
        case .unreachable: true
        case .failed: endedWithoutRunning
        case .cancelled: endedWithoutRunning && isCancelled
        case .succeeded, .skipped, nil: false
        }
    }

    mutating func becomeWaiting() {
        state = .waiting
        members = 0
        ended = Tally()
        reason = nil
    }

    mutating func end(_ outcome: StepOutcome, because reason: String) {
        state = .finished(outcome)
        self.reason = reason
    }
}
