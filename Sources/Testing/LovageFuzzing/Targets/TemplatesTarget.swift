import LovageCore
import LovageWorkflow

extension FuzzTarget {
    /// What is read on the first line, as JSON, and the template or condition that reads it below.
    static let templates = FuzzTarget("templates", "${…} and when: of a definition, and what they are worked out from")
    {
        bytes in
        let (line, rest) = firstLine(of: bytes)
        let read = value(of: line)
        let source = String(decoding: rest, as: UTF8.self)
        let scope = scope(of: read)
        try checkTemplate(source, scope)
        try checkCondition(source, scope)
        try checkCommand(source, read)
        do throws(TemplateFault) {
            _ = try ValueTemplate(parsing: read).value(in: scope)
        } catch {
            try promise(!error.message.isEmpty, "'\(line)' is refused for no reason")
        }
    }

    private static func value(of line: String) -> JSONValue {
        do {
            return try JSONValue(parsing: line)
        } catch {
            return .string(line)
        }
    }

    /// The value stands everywhere that something can be read from.
    private static func scope(of value: JSONValue) -> TemplateScope {
        var scope = TemplateScope()
        (scope.parameters, scope.arguments, scope.item, scope.index) = (value, value, value, 3)
        scope.results = ["a": [value], "b": [value, value]]
        scope.outcomes = ["a": .succeeded]
        return scope
    }

    private static func checkTemplate(_ source: String, _ scope: TemplateScope) throws(BrokenPromise) {
        do {
            let template = try Template(parsing: source)
            let text = try template.text(in: scope)
            if !source.contains("$") { try promise(text == source, "'\(source)' reads nothing and is '\(text)'") }
            let value = try template.value(in: scope)
            let isWhole = template.references.count == 1
            try promise(isWhole || value == .string(text), "'\(source)' is two texts")
        } catch let fault as TemplateFault {
            try promise(!fault.message.isEmpty, "the template '\(source)' is refused for no reason")
        } catch {
            throw BrokenPromise(description: "'\(source)': \(error)")
        }
    }

    /// Its negation says the opposite.
    private static func checkCondition(_ source: String, _ scope: TemplateScope) throws(BrokenPromise) {
        let holds: Bool
        do {
            holds = try Condition(parsing: source).holds(in: scope)
        } catch {
            try promise(!error.message.isEmpty, "the condition '\(source)' is refused for no reason")
            return
        }
        let opposite: Bool
        do {
            // Line ends keep a mark that combines from joining the parentheses.
            opposite = try Condition(parsing: "not (\n\(source)\n)").holds(in: scope)
        } catch {
            let isAtLimit = error.message.contains("too deep") || error.message.contains("too long")
            try promise(isAtLimit, "'\(source)' holds or not, but its negation is refused: \(error.message)")
            return
        }
        try promise(opposite != holds, "'\(source)' and its negation are the same")
    }

    private static func checkCommand(_ source: String, _ value: JSONValue) throws(BrokenPromise) {
        let command = CommandDefinition(kind: "a", run: ["program", source], stdin: source)
        let job = JobID(UUIDv7(high: 0x0193_0A3E_0000_7000, low: 0x8000_0000_0000_0000))
        do {
            let vector = try command.argumentVector(for: value.text(), job: job, attempt: 1)
            try promise(vector.allSatisfy { !$0.utf8.contains(0) }, "'\(source)' becomes an argument that has no end")
        } catch let refusal as InvalidParameters {
            try promise(!refusal.problems.isEmpty, "'\(source)' is refused for no reason")
        } catch {
            throw BrokenPromise(description: "'\(source)': \(error)")
        }
    }
}
