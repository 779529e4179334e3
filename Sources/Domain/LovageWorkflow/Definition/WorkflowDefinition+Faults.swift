import LovageCore

// Everything that can be known to be wrong with a workflow before it runs.

extension WorkflowDefinition {
    /// Everything that is wrong with it; empty when it can run.
    public func faults() -> [DefinitionFault] { faults(reportsUnused: true) }

    func faults(reportsUnused: Bool) -> [DefinitionFault] {
        guard !steps.isEmpty else { return [DefinitionFault(["steps"], "a workflow needs at least one step")] }
        guard steps.count <= Self.mostSteps else {
            return [
                DefinitionFault(
                    ["steps"], "a workflow has at most \(Self.mostSteps) steps, this one has \(steps.count)",
                    hint: "use foreach for many jobs of one kind")
            ]
        }
        let graph = StepGraph(steps)
        var reader = TemplateReader(definition: self, graph: graph)
        var faults: [DefinitionFault] = []
        var seen = Set<String>()
        for (position, step) in steps.enumerated() {
            if !seen.insert(step.name).inserted {
                faults.append(DefinitionFault(["steps", step.name], "step '\(step.name)' is defined twice"))
            }
            faults += step.faults(amongSteps: graph.positions)
            reader.read(step, at: position)
        }
        if let cycle = graph.cycle() {
            let path = cycle.map { steps[$0].name }
            faults.append(
                DefinitionFault(
                    ["steps", path[0], "needs"], "these steps need each other: \(path.joined(separator: " → "))",
                    hint: "remove one of these needs"))
        }
        for output in outputs { reader.readOutput(output) }
        return faults + reader.faults
            + Parameter.faults(parameters, used: reportsUnused ? reader.usedParameters : nil, root: "params")
    }
}

extension WorkflowDefinition.Step {
    fileprivate func faults(amongSteps positions: [String: Int]) -> [DefinitionFault] {
        let path = ["steps", name]
        var faults: [DefinitionFault] = []
        if !TemplateName.isLegal(name) {
            faults.append(DefinitionFault(path, "'\(name)' is no name for a step", hint: TemplateName.rule))
        }
        var seen = Set<String>()
        for (position, need) in needs.enumerated() {
            let place = path + ["needs", "\(position)"]
            if need == name {
                faults.append(DefinitionFault(place, "step '\(name)' needs itself"))
            } else if positions[need] == nil {
                let hint = DidYouMean.nearest(to: need, among: positions.keys.sorted().filter { $0 != name })
                faults.append(
                    DefinitionFault(place, "there is no step '\(need)'", hint: hint.map { "did you mean '\($0)'?" }))
            } else if !seen.insert(need).inserted {
                faults.append(DefinitionFault(place, "step '\(need)' is named twice"))
            }
        }
        if rule == .anyFailed, needs.isEmpty {
            faults.append(
                DefinitionFault(
                    path + ["rule"], "any_failed waits for a failure of what the step needs, which is nothing"))
        }
        if let retries = overrides.retries, retries < 0 {
            faults.append(DefinitionFault(path + ["retries"], "retries cannot be less than 0, but is \(retries)"))
        }
        faults += LimitRule.faults(
            [("timeout", overrides.hardLimit), ("soft_timeout", overrides.softLimit)], at: path)
        if let soft = overrides.softLimit, let hard = overrides.hardLimit, soft > hard {
            faults.append(DefinitionFault(path + ["soft_timeout"], "soft_timeout is longer than timeout"))
        }
        if case .by(let unique) = overrides.unique {
            let names = arguments.objectValue?.map(\.key) ?? []
            faults += unique.faults(among: names, at: path + ["unique"], noun: "argument under 'with'")
        }
        if arguments.objectValue == nil {
            faults.append(DefinitionFault(path + ["with"], "the arguments of a step must be an object"))
        }
        return faults
    }
}

/// Reads every template of a workflow for what it reads.
struct TemplateReader {
    let definition: WorkflowDefinition
    let graph: StepGraph
    var faults: [DefinitionFault] = []
    /// Nil once a template could not be read: it may read anything.
    var usedParameters: Set<String>? = []
    private var ancestors: [Int: Set<Int>] = [:]
    private let parameterNames: Set<String>

    init(definition: WorkflowDefinition, graph: StepGraph) {
        self.definition = definition
        self.graph = graph
        parameterNames = Set(definition.parameters.map(\.name))
    }

    mutating func read(_ step: WorkflowDefinition.Step, at position: Int) {
        let path = ["steps", step.name]
        let isForeach = step.foreach != nil
        if let when = step.when {
            read(at: path + ["when"], from: position, hasItem: false) { () throws(TemplateFault) in
                try Condition(parsing: when).references
            }
        }
        if let list = step.foreach {
            read(at: path + ["foreach"], from: position, hasItem: false) { () throws(TemplateFault) in
                let template = try Template(parsing: list)
                guard template.pieces.count == 1, case .reference = template.pieces[0] else {
                    throw TemplateFault("foreach needs one reference to a list such as ${params.parts}, not '\(list)'")
                }
                return template.references
            }
        }
        readValue(step.arguments, at: path + ["with"], from: position, hasItem: isForeach)
    }

    mutating func readOutput(_ output: JSONMember) {
        readValue(output.value, at: ["outputs", output.key], from: nil, hasItem: false)
    }

    private mutating func readValue(_ value: JSONValue, at path: [String], from position: Int?, hasItem: Bool) {
        switch value {
        case .null, .bool, .number: break
        case .string:
            read(at: path, from: position, hasItem: hasItem) { () throws(TemplateFault) in
                try ValueTemplate(parsing: value).references
            }
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                readValue(element, at: path + ["\(index)"], from: position, hasItem: hasItem)
            }
        case .object(let members):
            for member in members {
                readValue(member.value, at: path + [member.key], from: position, hasItem: hasItem)
            }
        }
    }

    private mutating func read(
        at path: [String], from position: Int?, hasItem: Bool, _ parse: () throws(TemplateFault) -> [Reference]
    ) {
        do {
            for reference in try parse() {
                if let fault = fault(of: reference, from: position, hasItem: hasItem) {
                    faults.append(DefinitionFault(path, fault.message, hint: fault.hint))
                }
            }
        } catch {
            usedParameters = nil
            faults.append(DefinitionFault(path, error.message))
        }
    }

    private mutating func fault(
        of reference: Reference, from position: Int?, hasItem: Bool
    ) -> (message: String, hint: String?)? {
        let source = reference.source
        switch reference.root {
        case .parameter(let name):
            usedParameters?.insert(name)
            guard !parameterNames.contains(name) else { return nil }
            let near =
                faults.count < DidYouMean.mostHints
                ? DidYouMean.nearest(to: name, among: definition.parameters.map(\.name)) : nil
            return (
                "'\(source)': there is no parameter '\(name)'",
                near.map { "did you mean 'params.\($0)'?" } ?? "declare it under parameters"
            )
        case .step(let name, let part): return fault(ofStep: name, part, source, from: position)
        case .item, .index:
            return hasItem ? nil : ("'\(source)': item and index exist only under 'with' of a step with foreach", nil)
        case .workflowID, .workflowName: return nil
        case .argument(let name):
            return ("'\(source)': args are for commands", "in a workflow write params.\(name)")
        case .jobID, .jobAttempt: return ("'\(source)': job is for commands", nil)
        case .files: return ("'\(source)': files are for commands", nil)
        }
    }

    private mutating func fault(
        ofStep name: String, _ part: Reference.Part, _ source: String, from position: Int?
    ) -> (message: String, hint: String?)? {
        guard let step = graph.positions[name] else {
            let near =
                faults.count < DidYouMean.mostHints
                ? DidYouMean.nearest(to: name, among: definition.steps.map(\.name)) : nil
            return ("'\(source)': there is no step '\(name)'", near.map { "did you mean 'steps.\($0)'?" })
        }
        if part == .result, definition.steps[step].foreach != nil {
            return (
                "'\(source)': '\(name)' is a foreach and has many results", "use steps.\(name).results, a list of them"
            )
        }
        guard let position else { return nil }
        if ancestors[position] == nil { ancestors[position] = graph.everythingNeeded(by: position) }
        guard ancestors[position]?.contains(step) == false else { return nil }
        return (
            "'\(source)': step '\(definition.steps[position].name)' does not need '\(name)', which may not have ended",
            "add '\(name)' to its needs"
        )
    }
}
