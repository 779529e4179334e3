import LovageCore

// Everything that can be known to be wrong with a command before it runs.

extension CommandDefinition {
    /// Everything that is wrong with it; empty when it can run.
    public func faults() -> [DefinitionFault] { faults(reportsUnused: true) }

    func faults(reportsUnused: Bool) -> [DefinitionFault] {
        var used = Reading(
            parameters: reportsUnused ? [] : nil, names: Set(parameters.map(\.name)), hints: DidYouMean.mostHints)
        var faults = runFaults(&used)
        if let stdin { faults += templateFaults(stdin, at: ["stdin"], isArgument: false, &used) }
        if let directory {
            faults += templateFaults(directory, at: ["directory"], isArgument: false, &used)
            if directory.utf8.contains(0) {
                faults.append(DefinitionFault(["directory"], "a folder's name cannot contain a zero byte"))
            }
        }
        faults += Parameter.faults(parameters, used: used.parameters, root: "args")
        faults += codeInjections() + fileFaults() + environmentFaults() + codeFaults() + limitFaults()
        return faults
    }

    /// What its templates read.
    private struct Reading {
        /// The parameters that were read; nil once that cannot be known.
        var parameters: Set<String>?
        /// Those that there are.
        let names: Set<String>
        /// How many more times a name that was probably meant is looked for.
        var hints: Int
    }

    private func runFaults(_ used: inout Reading) -> [DefinitionFault] {
        guard let program = run.first, !program.isEmpty else {
            return [
                DefinitionFault(["run"], "a command needs a program to run", hint: "write run: [program, argument, …]")
            ]
        }
        var faults: [DefinitionFault] = []
        if program.contains("${") {
            faults.append(
                DefinitionFault(
                    ["run", "0"], "the program '\(program)' cannot be a template",
                    hint: "no argument may choose what runs"))
        }
        for (position, element) in run.enumerated() {
            let path = ["run", "\(position)"]
            if element.utf8.contains(0) {
                faults.append(DefinitionFault(path, "an argument cannot contain a zero byte"))
            }
            // What templates put in is counted when it is known.
            if !element.contains("${"), element.utf8.count > Self.longestArgument {
                faults.append(
                    DefinitionFault(
                        path,
                        "an argument has \(element.utf8.count) bytes, at most \(Self.longestArgument) are possible",
                        hint: "pass it through stdin or a file"))
            }
            if position > 0 { faults += templateFaults(element, at: path, isArgument: true, &used) }
        }
        return faults
    }

    private func templateFaults(
        _ text: String, at path: [String], isArgument: Bool, _ used: inout Reading
    ) -> [DefinitionFault] {
        let template: Template
        do {
            template = try Template(parsing: text)
        } catch {
            // It may read anything.
            used.parameters = nil
            return [DefinitionFault(path, error.message)]
        }
        var faults: [DefinitionFault] = []
        if template.hasMisplacedSpread || (template.spread != nil && !isArgument) {
            faults.append(
                DefinitionFault(path, "'\(text)': a list can be spread only as a whole element of run"))
        }
        for reference in template.references {
            switch reference.root {
            case .argument(let name):
                used.parameters?.insert(name)
                if !used.names.contains(name) {
                    let near = used.hints > 0 ? DidYouMean.nearest(to: name, among: parameters.map(\.name)) : nil
                    used.hints -= 1
                    faults.append(
                        DefinitionFault(
                            path, "'\(reference.source)': there is no parameter '\(name)'",
                            hint: near.map { "did you mean 'args.\($0)'?" } ?? "declare it under parameters"))
                }
            case .jobID, .jobAttempt: break
            case .files where files.isEmpty && script == nil:
                faults.append(
                    DefinitionFault(
                        path, "'\(reference.source)': the command has no files", hint: "name them under files"))
            case .files: break
            case .parameter(let name):
                faults.append(
                    DefinitionFault(
                        path, "'\(reference.source)': params are for workflows", hint: "in a command write args.\(name)"
                    ))
            case .step, .item, .index, .workflowID, .workflowName:
                faults.append(
                    DefinitionFault(
                        path, "'\(reference.source)': a command can read its args, files and job.id, job.attempt only",
                        hint: "pass the value as an argument"))
            }
        }
        return faults
    }

    private func environmentFaults() -> [DefinitionFault] {
        var faults: [DefinitionFault] = []
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            if let problem = EnvironmentRule.problem(with: name, value) {
                faults.append(DefinitionFault(["environment", name], problem))
            }
        }
        for (position, name) in inherit.enumerated() {
            let path = ["inherit", "\(position)"]
            if name.isEmpty || name.contains("=") || name.utf8.contains(0) {
                faults.append(DefinitionFault(path, "'\(name)' is no name of an environment variable"))
            } else if name.hasPrefix("LOVAGE_") {
                faults.append(DefinitionFault(path, "\(name) is set by Lovage"))
            }
        }
        return faults
    }

    private func codeFaults() -> [DefinitionFault] {
        var faults: [DefinitionFault] = []
        for (field, codes) in [("retry", retryCodes), ("skip", skipCodes)] {
            for code in codes.sorted() where !(1...255).contains(code) {
                faults.append(
                    DefinitionFault(["exit_codes", field], "\(code) is no exit code: use 1 to 255 (0 is success)"))
            }
        }
        for code in retryCodes.intersection(skipCodes).sorted() {
            faults.append(DefinitionFault(["exit_codes"], "exit code \(code) cannot mean both retry and skip"))
        }
        return faults
    }

    private func limitFaults() -> [DefinitionFault] {
        var faults: [DefinitionFault] = []
        if outputCap < 1024 {
            faults.append(DefinitionFault(["output_cap"], "output_cap must be at least 1KiB, but is \(outputCap)"))
        }
        faults += LimitRule.faults(
            [
                ("timeout", options.hardLimit), ("soft_timeout", options.softLimit), ("deadline", options.deadline),
                ("start_within", options.startWithin),
            ], at: [])
        if let soft = options.softLimit, let hard = options.hardLimit, soft > hard {
            faults.append(DefinitionFault(["soft_timeout"], "soft_timeout is longer than timeout"))
        }
        if case .after(let delay) = options.start, let deadline = options.deadline, deadline > .zero, delay >= deadline
        {
            faults.append(DefinitionFault(["delay"], "delay is not shorter than deadline, so that no job can start"))
        }
        for name in options.retry.rules.keys.sorted() where !CommandFailureKind.isKnown(name) {
            faults.append(
                DefinitionFault(
                    ["errors", name], "no failure of a command is called '\(name)'",
                    hint: "write it like 'exit 7', 'signal 9' or timeout"))
        }
        if let unique = options.unique {
            faults += unique.faults(among: parameters.map(\.name), at: ["unique"], noun: "parameter")
        }
        return faults
    }
}

extension JobOptions.Uniqueness {
    /// What is wrong with the arguments it names, given those that there are.
    func faults(among names: [String], at path: [String], noun: String) -> [DefinitionFault] {
        guard case .members(let chosen) = self else { return [] }
        return chosen.enumerated().filter { !names.contains($0.element) }.map { position, name in
            let near = DidYouMean.nearest(to: name, among: names)
            return DefinitionFault(
                path + ["\(position)"], "there is no \(noun) '\(name)' that jobs could be told apart by",
                hint: near.map { "did you mean '\($0)'?" })
        }
    }
}
