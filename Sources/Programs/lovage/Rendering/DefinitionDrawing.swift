import LovageAPI
import LovageCore
import LovageWorkflow

/// Draws definitions: a line for each, or all of one.
enum DefinitionDrawing {
    static func table(_ definitions: [DefinitionView]) -> Table {
        var table = Table([
            .init(title: "sort", importance: 4), .init(title: "name", isFlexible: true, importance: 9),
            .init(title: "version", isNumeric: true, importance: 2),
            .init(title: "parameters", isFlexible: true, importance: 3), .init(title: "description", isFlexible: true),
        ])
        for definition in definitions {
            table.add([
                .init(definition.sort.rawValue), .init(definition.name), .init(String(definition.version)),
                .init(definition.parameters.map(short).joined(separator: " ")),
                .init(definition.description ?? "", .dim),
            ])
        }
        return table
    }

    static func lines(_ definition: DefinitionView, width: Int?, palette: Palette) -> [String] {
        let title =
            "\(definition.sort.rawValue) \(palette(Harmless.line(definition.name), .bold)) v\(definition.version)"
        var lines = [title + (definition.description.map { ": " + Harmless.line($0) } ?? "")]
        if !definition.run.isEmpty { lines += ["", "runs  " + definition.run.map(quoted).joined(separator: " ")] }
        if !definition.parameters.isEmpty {
            lines += [""] + parameters(definition.parameters).lines(width: width, palette: palette)
        }
        if !definition.steps.isEmpty { lines += [""] + steps(definition.steps).lines(width: width, palette: palette) }
        return lines
    }

    /// `destination*`, `parts=12` or `note`.
    private static func short(_ parameter: ParameterView) -> String {
        if parameter.isRequired { return parameter.name + "*" }
        return parameter.name + (value(parameter.defaultValue).map { "=" + $0 } ?? "")
    }

    private static func value(_ text: JSONText?) -> String? {
        guard let text, text != .null else { return nil }
        return text.value().stringValue.map(quoted) ?? text.string
    }

    /// A word as it can be told from its neighbours.
    private static func quoted(_ word: String) -> String {
        let plain = !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "._-:/@+=,%".contains($0) }
        return Harmless.line(plain ? word : "'" + word.replacing("'", with: "'\\''") + "'")
    }

    private static func parameters(_ parameters: [ParameterView]) -> Table {
        var table = Table([
            .init(title: "parameter", isFlexible: true, importance: 9), .init(title: "type", importance: 7),
            .init(title: "default", isFlexible: true, importance: 8),
            .init(title: "choices", isFlexible: true, importance: 6), .init(title: "description", isFlexible: true),
        ])
        for parameter in parameters {
            table.add([
                .init(parameter.name), .init(parameter.type.rawValue),
                parameter.isRequired ? .init("must be given", .yellow) : .init(value(parameter.defaultValue) ?? ""),
                .init(parameter.choices.map(\.string).joined(separator: ", ")),
                .init(parameter.description ?? "", .dim),
            ])
        }
        return table
    }

    private static func steps(_ steps: [StepDefinitionView]) -> Table {
        var table = Table([
            .init(title: "step", isFlexible: true, importance: 9),
            .init(title: "runs", isFlexible: true, importance: 8),
            .init(title: "needs", isFlexible: true, importance: 7), .init(title: "rule", importance: 4),
            .init(title: "for each", isFlexible: true), .init(title: "when", isFlexible: true),
        ])
        for step in steps {
            table.add([
                .init(step.name), .init(step.kind), .init(step.needs.joined(separator: ", ")),
                .init(step.needs.isEmpty ? "" : step.rule.rawValue), .init(step.foreach ?? ""), .init(step.when ?? ""),
            ])
        }
        return table
    }
}
