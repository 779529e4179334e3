public import LovageCore

/// What one attempt of a command runs with, all templates replaced.
public struct ResolvedCommand: Sendable, Hashable {
    /// The program and its arguments, as they go to `execve`.
    public let arguments: [String]
    /// What it reads from its standard input; nil for nothing.
    public let stdin: String?
    /// Where it runs; nil for a private scratch folder.
    public let directory: String?
}

extension CommandDefinition {
    /// Longest single argument Linux takes (MAX_ARG_STRLEN), without the zero at its end.
    static let longestArgument = 128 * 1024 - 1
    /// All arguments together; Linux takes a quarter of the stack limit, 2 MiB as a rule, for them and the environment.
    private static let mostArgumentBytes = 1 << 20

    /// Checks arguments against the parameters and fills in defaults; all faults at once.
    public func check(_ arguments: JSONText) throws(InvalidParameters) -> JSONText {
        try Parameter.check(arguments, against: parameters, noun: "argument")
    }

    /// What is wrong with the arguments of a job, as far as it can be known before the job runs: what a run would refuse
    /// for certain.
    public func problems(with arguments: JSONText, of job: JobID) -> [String] {
        do throws(InvalidParameters) {
            _ = try invocation(for: arguments, job: job, attempt: 1)
            return []
        } catch {
            return error.problems
        }
    }

    /// The argument vector for `arguments`; see `invocation(for:job:attempt:files:)`.
    public func argumentVector(
        for arguments: JSONText, job: JobID, attempt: Int
    ) throws(InvalidParameters) -> [String] {
        try invocation(for: arguments, job: job, attempt: attempt).arguments
    }

    /// Replaces the templates of the command. Each element of `run` is one argument whatever is put into it; null is an
    /// empty text; `${args.NAME...}` as a whole element is one argument for each element of a list, none for null.
    ///
    /// `files` is the folder in which its files are, nil when it has none. Throws when the arguments do not fit the
    /// parameters, or cannot be passed to a program.
    public func invocation(
        for arguments: JSONText, job: JobID, attempt: Int, files: String? = nil
    ) throws(InvalidParameters) -> ResolvedCommand {
        var scope = TemplateScope()
        scope.arguments = try check(arguments).value()
        scope.jobID = job.description
        scope.jobAttempt = attempt
        scope.files = files
        do throws(TemplateFault) {
            var vector: [String] = []
            for (position, element) in run.enumerated() {
                vector += position == 0 ? [element] : try elements(of: element, at: position, in: scope)
            }
            try Self.checkPassable(vector)
            return ResolvedCommand(
                arguments: vector, stdin: try stdin.map { text throws(TemplateFault) in try Self.text(text, scope) },
                directory: try directory.map { text throws(TemplateFault) in try Self.text(text, scope) })
        } catch {
            throw InvalidParameters(problems: [error.message])
        }
    }

    private static func text(_ template: String, _ scope: TemplateScope) throws(TemplateFault) -> String {
        try Template(parsing: template).text(in: scope)
    }

    private func elements(
        of text: String, at position: Int, in scope: TemplateScope
    ) throws(TemplateFault) -> [String] {
        let template = try Template(parsing: text)
        let elements = try Self.elements(of: template, in: scope)
        try checkDashes(elements, of: template, at: position, in: scope)
        return elements
    }

    private static func elements(of template: Template, in scope: TemplateScope) throws(TemplateFault) -> [String] {
        guard let reference = template.spread else { return [try template.text(in: scope)] }
        switch try scope.value(of: reference) {
        case .array(let elements): return elements.map(\.asText)
        case .null: return []
        case let other:
            throw TemplateFault("'\(template.source)' spreads a list, but \(reference.source) is \(other.described)")
        }
    }

    private static func checkPassable(_ vector: [String]) throws(TemplateFault) {
        var total = 0
        for (position, argument) in vector.enumerated() {
            if argument.utf8.contains(0) {
                throw TemplateFault(
                    "argument \(position) of the command contains a zero byte, which no program can be given")
            }
            total += argument.utf8.count + 1
            if argument.utf8.count > longestArgument {
                throw TemplateFault(
                    "argument \(position) of the command has \(argument.utf8.count) bytes, at most "
                        + "\(longestArgument) are possible: pass it through stdin")
            }
        }
        if total > mostArgumentBytes {
            throw TemplateFault(
                "the arguments of the command have \(total) bytes together, at most \(mostArgumentBytes) are possible: "
                    + "pass them through stdin")
        }
    }
}
