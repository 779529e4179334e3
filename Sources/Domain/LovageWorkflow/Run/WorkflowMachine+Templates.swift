import LovageCore

// What templates of a run may read, loaded only when a decision names it.

/// The templates of one step, parsed.
struct StepTemplates {
    let condition: Condition?
    let list: Template?
    let arguments: ValueTemplate

    static func parsing(_ step: WorkflowDefinition.Step) -> Result<StepTemplates, TemplateFault> {
        Result { () throws(TemplateFault) in
            StepTemplates(
                condition: try step.when.map { text throws(TemplateFault) in try Condition(parsing: text) },
                list: try step.foreach.map { text throws(TemplateFault) in try Template(parsing: text) },
                arguments: try ValueTemplate(parsing: step.arguments))
        }
    }

    /// What its list and its arguments read.
    var references: [Reference] { (list?.references ?? []) + arguments.references }

    /// The arguments of its one job or of each member.
    func verdict(in scope: TemplateScope) throws(TemplateFault) -> WorkflowMachine.Verdict {
        guard let list else { return .single(try Self.bounded(arguments.value(in: scope).text())) }
        let elements: [JSONValue]
        switch try list.value(in: scope) {
        case .array(let value): elements = value
        // What a need that was skipped leaves behind: no list, so nothing to do.
        case .null: elements = []
        case let other:
            throw TemplateFault("foreach needs a list, but '\(list.source)' is \(other.described)")
        }
        if elements.isEmpty { return .end(.skip("the list is empty"), reason: "the list is empty") }
        guard elements.count <= WorkflowDefinition.mostMembers else {
            throw TemplateFault(
                "the list of foreach has \(elements.count) elements, and a step may have at most "
                    + "\(WorkflowDefinition.mostMembers) members")
        }
        var scope = scope
        var members: [JSONText] = []
        members.reserveCapacity(elements.count)
        var total = 0
        for (index, element) in elements.enumerated() {
            scope.item = element
            scope.index = index
            members.append(try Self.bounded(arguments.value(in: scope).text()))
            total += members[index].count
            guard total <= Self.mostBytesOfStep else {
                throw TemplateFault(
                    "the arguments of all members are larger than \(Self.mostBytesOfStep >> 20) MiB together; pass "
                        + "each member a part of the list, not the whole")
            }
        }
        return .members(members)
    }

    /// Room for the results of a step with 10,000 members.
    private static let mostBytes = 4 << 20
    /// All members are inserted in one transaction, so that one template must not copy a large result ten thousand
    /// times.
    private static let mostBytesOfStep = 64 << 20

    private static func bounded(_ arguments: JSONText) throws(TemplateFault) -> JSONText {
        guard arguments.count <= mostBytes else {
            throw TemplateFault("the arguments have \(arguments.count) bytes, at most \(mostBytes) are possible")
        }
        return arguments
    }
}

extension WorkflowMachine {
    /// Brings what `references` name into the scope, reading each step's results at most once for an event.
    func load<Failure: Error>(
        _ references: [Reference], _ run: WorkflowRun, _ work: inout Work,
        _ results: (String) throws(Failure) -> [JSONText?]
    ) throws(Failure) {
        for reference in references {
            switch reference.root {
            case .parameter:
                if work.scope.parameters == nil { work.scope.parameters = run.parameters.value() }
            case .step(let name, .outcome):
                work.scope.outcomes[name] = graph.positions[name].flatMap { run.steps[$0].outcome }
            case .step(let name, .result), .step(let name, .results):
                guard work.scope.results[name] == nil else { continue }
                work.scope.results[name] = try results(name).map { $0?.value() ?? .null }
            case .workflowID: work.scope.workflowID = run.id.description
            case .workflowName: work.scope.workflowName = definition.name.text
            case .item, .index, .argument, .jobID, .jobAttempt, .files: break
            }
        }
    }

    /// The outputs of a run that succeeded; one that cannot be worked out is null. Nil when the definition has none.
    func outputs<Failure: Error>(
        of run: WorkflowRun, _ work: inout Work, _ results: (String) throws(Failure) -> [JSONText?]
    ) throws(Failure) -> JSONText? {
        guard !definition.outputs.isEmpty else { return nil }
        var members: [JSONMember] = []
        for output in definition.outputs {
            var value = JSONValue.null
            if case .success(let template) = Result(catching: { () throws(TemplateFault) in
                try ValueTemplate(parsing: output.value)
            }) {
                try load(template.references, run, &work, results)
                if case .success(let read) = Result(catching: { () throws(TemplateFault) in
                    try template.value(in: work.scope)
                }) {
                    value = read
                }
            }
            members.append(JSONMember(output.key, value))
        }
        return JSONValue.object(members).text()
    }
}
