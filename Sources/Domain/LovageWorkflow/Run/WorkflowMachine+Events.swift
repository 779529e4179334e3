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
        if run.steps[position].isToRunAgain {
            run.steps[position].reason = nil
            // Unless somebody called it off by now.
            if outcome.name != .cancelled { return takeBack(position, &run, &work) }
        }
        run.steps[position].state = .finished(run.steps[position].ended.stepOutcome(last: outcome))
        work.ended.append(position)
    }

    /// Takes back the end of a member, and of what was not reached, or ran, because of it.
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
        var open = graph.dependents[position].map { Behind(position: $0) }
        while let next = open.popLast() {
            if run.steps[next.position].wasNeverReached(inCancelledRun: wasCancelled) {
                takeBack(next.position, &run, &work)
                open += graph.dependents[next.position].map {
                    Behind(position: $0, isBehindAnswer: next.isBehindAnswer)
                }
            } else if definition.steps[next.position].foreach == nil,
                next.isBehindAnswer || definition.steps[next.position].rule != .allSucceeded
            {
                open += answerAgain(next.position, &run, &work).map { Behind(position: $0, isBehindAnswer: true) }
            }
        }
    }

    /// A step behind one that is retried; `isBehindAnswer` when there is one in between that answered its failure.
    private struct Behind {
        let position: Int
        var isBehindAnswer = false
    }

    /// Lets a step be decided again whose rule takes failures, such as a failure branch: its answer was to an end that is
    /// taken back. Answers what is behind it. One that runs is let end first.
    private func answerAgain(_ position: Int, _ run: inout WorkflowRun, _ work: inout Work) -> [Int] {
        switch run.steps[position].state {
        case .finished:
            takeBack(position, &run, &work)
            return graph.dependents[position]
        case .running:
            run.steps[position].reason = StepRun.again
            return []
        case .waiting: return []
        }
    }

    /// A step that has ended waits for its needs again, and so does its job.
    private func takeBack(_ position: Int, _ run: inout WorkflowRun, _ work: inout Work) {
        run.steps[position].becomeWaiting()
        if definition.steps[position].foreach == nil { work.actions.append(.reopen(step: run.steps[position].name)) }
    }

    /// Calls off every job but those of failure branches, and those as well without `cleanup`. Steps that have no job yet
    /// end here; the others have their reason from now on, and are not decided any more.
    func cancel(_ reason: String, cleanup: Bool, _ run: inout WorkflowRun, _ work: inout Work) {
        run.cancelled = run.cancelled ?? reason
        let why = Self.reason(.cancelled(.workflow(reason)))
        var ended: [String] = []
        for (position, step) in definition.steps.enumerated() where !(cleanup && isCleanup[position]) {
            guard !run.steps[position].isFinished else { continue }
            ended.append(step.name)
            guard run.steps[position].state == .waiting else { continue }
            if step.foreach == nil {
                run.steps[position].reason = why
            } else {
                run.steps[position].end(.cancelled, because: why)
                work.ended.append(position)
            }
        }
        work.actions.append(.cancelMembers(of: ended, reason: reason))
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

    /// Why a step that runs is decided again once it has ended.
    static let again = "what it needs was tried again"

    /// True for a step that runs and was overtaken by a retry of what it needs.
    var isToRunAgain: Bool { state == .running && reason == Self.again }

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
