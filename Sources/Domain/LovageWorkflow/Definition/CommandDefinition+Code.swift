import LovageCore

// Values are arguments: neither code of an interpreter, nor options that nobody meant.

extension CommandDefinition {
    /// Templates that would put a caller's text into code.
    func codeInjections() -> [DefinitionFault] {
        guard let interpreter else { return [] }
        var faults: [DefinitionFault] = []
        for position in interpreter.code where putsInText(run[position]) {
            faults.append(
                DefinitionFault(
                    ["run", "\(position)"], "what '\(interpreter.name)' runs as code cannot hold a caller's text",
                    hint: interpreter.advice))
        }
        if interpreter.readsCode, let stdin, putsInText(stdin) {
            faults.append(
                DefinitionFault(
                    ["stdin"], "what '\(interpreter.name)' runs as code cannot hold a caller's text",
                    hint: interpreter.advice))
        }
        return faults
    }

    /// What runs code that stands in its arguments; a script that is stored is none, whatever its name.
    private var interpreter: Interpreter? { script == nil ? Interpreter(of: run) : nil }

    /// True when a template puts in what a caller wrote: anything but numbers, booleans and what the definition itself
    /// lists as choices.
    private func putsInText(_ text: String) -> Bool {
        guard text.contains("${") else { return false }
        let references: [Reference]
        do {
            references = try Template(parsing: text).references
        } catch {
            // It is a fault of its own.
            return false
        }
        return references.contains { reference in
            guard case .argument(let name) = reference.root else { return false }
            guard let parameter = parameters.first(where: { $0.name == name }) else { return true }
            return ![.integer, .number, .boolean].contains(parameter.type) && parameter.choices.isEmpty
        }
    }

    /// The first position in `run` at which a leading dash makes nothing an option any more: behind `--`, behind the
    /// code of an interpreter, and behind a script that is stored with the command, which knows what it is given.
    var firstOperand: Int {
        if script != nil { return 1 }
        let ends = run.indices.dropFirst().first { run[$0] == "--" || run[$0].hasPrefix("${files}/") }.map { $0 + 1 }
        return min(ends ?? run.count, interpreter?.operands ?? run.count)
    }

    /// Refuses values at the begin of an element that a program would take for one of its options.
    func checkDashes(
        _ arguments: [String], of template: Template, at position: Int, in scope: TemplateScope
    ) throws(TemplateFault) {
        guard position < firstOperand, let reference = template.leading,
            let option = arguments.first(where: { $0.hasPrefix("-") && $0 != "-" })
        else { return }
        if case .argument(let name) = reference.root, let parameter = parameters.first(where: { $0.name == name }),
            parameter.allowsDash || !parameter.choices.isEmpty
        {
            return
        }
        // Of a list its elements are looked at one by one.
        if case .number = try scope.value(of: reference) { return }
        if template.spread != nil, JSONNumber(lexeme: option) != nil,
            case .array(let elements) = try scope.value(of: reference),
            elements.allSatisfy({ element in
                if case .number = element { true } else { !element.asText.hasPrefix("-") || element.asText == "-" }
            })
        {
            return
        }
        throw TemplateFault(
            "'\(reference.source)' begins with a dash ('\(option.prefix(40))'), which '\(run[0])' would take for an option: "
                + "write -- before it in run, or 'dash: allow' at the parameter if that is meant")
    }
}
