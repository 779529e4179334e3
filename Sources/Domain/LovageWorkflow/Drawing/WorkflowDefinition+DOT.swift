import LovageCore

extension WorkflowDefinition {
    /// The graph for Graphviz: `lovage workflow graph NAME | dot -Tsvg`.
    public var dot: String {
        var lines = [
            "digraph \(Self.quoted(name.text)) {", "  node [shape=box, style=rounded, fontname=\"Helvetica\"];",
        ]
        for step in steps {
            let label = [step.name, step.kind.text] + step.notes
            let shape = step.foreach == nil ? "" : ", peripheries=2"
            lines.append("  \(Self.quoted(step.name)) [label=\(Self.quoted(label.joined(separator: "\n")))\(shape)];")
        }
        for step in steps {
            for need in step.needs {
                lines.append("  \(Self.quoted(need)) -> \(Self.quoted(step.name))\(step.rule.edge);")
            }
        }
        return (lines + ["}", ""]).joined(separator: "\n")
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.map { character in
            switch character {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\n": "\\n"
            default: String(character)
            }
        }
        return "\"\(escaped.joined())\""
    }
}

extension WorkflowDefinition.NeedsRule {
    fileprivate var edge: String {
        switch self {
        case .allSucceeded: ""
        case .allFinished: " [style=dashed]"
        case .anyFailed: " [style=dashed, color=red]"
        }
    }
}

extension WorkflowDefinition.Step {
    /// What a drawing says of it besides its name and kind.
    var notes: [String] {
        var notes: [String] = []
        if let foreach { notes.append("for each \(foreach)") }
        if let when { notes.append("when \(when)") }
        switch rule {
        case .allSucceeded: break
        case .allFinished: notes.append("whatever happened before")
        case .anyFailed: notes.append("if any failed")
        }
        return notes
    }
}
