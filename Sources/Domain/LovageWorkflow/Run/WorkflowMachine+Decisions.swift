import LovageCore

// What becomes of a step once everything it needs has ended.

extension WorkflowMachine {
    /// What was found out about a step.
    enum Verdict {
        /// Its one job runs with these arguments.
        case single(JSONText)
        /// It has these members, at least one.
        case members([JSONText])
        /// It ends without running.
        case end(NeedsDecision, reason: String)
    }

    /// Decides the step if it is undecided and everything it needs has ended.
    func decide<Failure: Error>(
        _ position: Int, _ run: inout WorkflowRun, _ work: inout Work, at now: StoreTime,
        _ results: (String) throws(Failure) -> [JSONText?]
    ) throws(Failure) {
        guard run.steps[position].state == .waiting, run.steps[position].reason == nil,
            graph.needs[position].allSatisfy({ run.steps[$0].isFinished })
        else { return }
        let verdict = try verdict(on: position, &run, &work, results)
        carryOut(verdict, on: position, isInserted: true, &run, &work, at: now)
    }

    /// Applies the rule, then the condition, then works out the list and the arguments.
    func verdict<Failure: Error>(
        on position: Int, _ run: inout WorkflowRun, _ work: inout Work,
        _ results: (String) throws(Failure) -> [JSONText?]
    ) throws(Failure) -> Verdict {
        if let end = ruleVerdict(on: position, run) { return end }
        let step = definition.steps[position]
        let templates: StepTemplates
        switch StepTemplates.parsing(step) {
        case .success(let parsed): templates = parsed
        case .failure(let fault): return Self.failing(fault)
        }
        if let condition = templates.condition {
            try load(condition.references, run, &work, results)
            switch Result(catching: { () throws(TemplateFault) in try condition.holds(in: work.scope) }) {
            case .success(true): break
            case .success(false):
                let reason = "its condition is false: \(step.when ?? "")"
                return .end(.skip(reason), reason: reason)
            case .failure(let fault): return Self.failing(fault)
            }
        }
        try load(templates.references, run, &work, results)
        do {
            return try templates.verdict(in: work.scope)
        } catch {
            return Self.failing(error)
        }
    }

    /// What follows from how the needs ended; nil when the step may go on.
    private func ruleVerdict(on position: Int, _ run: WorkflowRun) -> Verdict? {
        let needs = graph.needs[position]
        switch definition.steps[position].rule {
        case .allFinished: return nil
        case .allSucceeded:
            guard let need = needs.first(where: { run.steps[$0].outcome?.isAccepted == false }) else { return nil }
            let step = run.steps[need]
            let reason = "it needs \(step.name), which \(step.outcome?.sentence ?? "")"
            return .end(.unreachable(step: step.name), reason: reason)
        case .anyFailed:
            guard needs.contains(where: { run.steps[$0].outcome?.isAccepted == false }) else {
                return .end(.skip("nothing it needs failed"), reason: "nothing it needs failed")
            }
            return nil
        }
    }

    /// Writes the verdict into the run and asks the store for what it takes.
    func carryOut(
        _ verdict: Verdict, on position: Int, isInserted: Bool, _ run: inout WorkflowRun, _ work: inout Work,
        at now: StoreTime
    ) {
        let name = run.steps[position].name
        let isSingle = definition.steps[position].foreach == nil
        switch verdict {
        case .single(let arguments):
            run.steps[position].state = .running
            run.steps[position].members = 1
            work.actions.append(
                isInserted
                    ? .settle(step: name, .run(arguments))
                    : .insert(step: name, members: [member(of: position, arguments: arguments)]))
        case .members(let arguments):
            run.steps[position].state = .running
            run.steps[position].members = arguments.count
            let members = arguments.enumerated().map { member(of: position, index: $0.offset, arguments: $0.element) }
            work.actions.append(.insert(step: name, members: members))
        case .end(let decision, let reason) where isSingle:
            // The job's own report ends the step.
            run.steps[position].reason = reason
            if !isInserted { work.actions.append(.insert(step: name, members: [member(of: position, isHeld: true)])) }
            work.actions.append(.settle(step: name, decision))
        case .end(let decision, let reason):
            run.steps[position].end(decision.stepOutcome, because: reason)
            work.ended.append(position)
        }
    }

    /// One job of a step.
    func member(
        of position: Int, index: Int? = nil, arguments: JSONText = .emptyObject, isHeld: Bool = false
    ) -> NewMember {
        let step = definition.steps[position]
        let command = commands[step.kind]
        return NewMember(
            index: index, kind: step.kind, arguments: arguments, definition: command?.version,
            options: step.overrides.applied(to: command?.options ?? JobOptions()), isHeld: isHeld)
    }

    private static func failing(_ fault: TemplateFault) -> Verdict {
        let failure = LovageCore.Failure(kind: "template", message: fault.message, isRetryable: false)
        return .end(.fail(failure), reason: fault.message)
    }
}

extension StepOutcome {
    /// True when the ordinary rule goes on behind a step that ended so.
    var isAccepted: Bool {
        switch self {
        case .succeeded, .skipped: true
        case .failed, .cancelled, .unreachable: false
        }
    }

    /// The end of a sentence that begins with the step.
    var sentence: String {
        switch self {
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .cancelled: "was cancelled"
        case .skipped: "was skipped"
        case .unreachable: "could not be reached"
        }
    }
}

extension NeedsDecision {
    /// How a step without jobs ends by this decision.
    fileprivate var stepOutcome: StepOutcome {
        switch self {
        case .run: .succeeded
        case .skip: .skipped
        case .fail: .failed
        case .unreachable: .unreachable
        }
    }
}
