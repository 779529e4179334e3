import LovageCore

/// One thing a template reads: a root and a path into it, such as `steps.inventory.result.groups.0`.
public struct Reference: Sendable, Hashable {
    /// Where the path begins.
    public let root: Root
    /// Names of members, or positions from 0 in a list.
    public let path: [String]
    /// As it was written.
    public let source: String

    /// Where a path may begin.
    public enum Root: Sendable, Hashable {
        /// `params.NAME`, of a workflow.
        case parameter(String)
        /// `steps.NAME.result`, `.results` or `.outcome`.
        case step(String, Part)
        /// `item`, the element of a `foreach`.
        case item
        /// `index`, its position from 0.
        case index
        /// `workflow.id`, of the run.
        case workflowID
        /// `workflow.name`, of the definition.
        case workflowName
        /// `args.NAME`, of a command.
        case argument(String)
        /// `job.id`, in a command.
        case jobID
        /// `job.attempt`, in a command.
        case jobAttempt
        /// `files`, the folder in which the files of a command are put.
        case files
    }

    /// What may be read of a step.
    public enum Part: String, Sendable, Hashable, CaseIterable {
        /// The result of its only job; null when it has none.
        case result
        /// The results of its members in the order of their index; null for one that has none.
        case results
        /// How it ended, one of the words of `StepOutcome`; null while it has not.
        case outcome
    }

    private static let roots = ["params", "steps", "item", "index", "workflow", "args", "job", "files"]

    /// Reads what stands between `${` and `}`.
    init(parsing source: String) throws(TemplateFault) {
        let text = source.trimmed
        guard let segments = Self.segments(of: text) else {
            throw TemplateFault(
                "'\(source)' is no path: use names of letters, digits, _ and -, joined by dots, and [\"…\"] for others")
        }
        self.source = text
        switch (segments[0], segments.count) {
        case ("params", 2...): root = .parameter(segments[1])
        case ("args", 2...): root = .argument(segments[1])
        case ("steps", 3...):
            guard let part = Part(rawValue: segments[2]) else {
                let hint = DidYouMean.sentence(segments[2], among: Part.allCases.map(\.rawValue))
                throw TemplateFault("'\(text)': of a step one can read result, results and outcome\(hint)")
            }
            root = .step(segments[1], part)
        case ("item", _): root = .item
        case ("index", 1): root = .index
        case ("workflow", 2) where segments[1] == "id": root = .workflowID
        case ("workflow", 2) where segments[1] == "name": root = .workflowName
        case ("job", 2) where segments[1] == "id": root = .jobID
        case ("job", 2) where segments[1] == "attempt": root = .jobAttempt
        case ("files", 1): root = .files
        default: throw Self.fault(text, segments)
        }
        path = Array(segments.dropFirst(root.length))
    }

    private static func fault(_ text: String, _ segments: [String]) -> TemplateFault {
        switch segments[0] {
        case "params", "args": TemplateFault("'\(text)' is incomplete: write \(segments[0]).NAME")
        case "steps": TemplateFault("'\(text)' is incomplete: write steps.NAME.result, .results or .outcome")
        case "workflow": TemplateFault("'\(text)': of a workflow one can read workflow.id and workflow.name")
        case "job": TemplateFault("'\(text)': of a job one can read job.id and job.attempt")
        case "index": TemplateFault("'\(text)': index is a number and has no members")
        case "files": TemplateFault("'\(text)': files is a folder: write ${files}/NAME")
        default:
            TemplateFault(
                "'\(text)' begins with neither of \(roots.joined(separator: ", "))"
                    + DidYouMean.sentence(segments[0], among: roots))
        }
    }

    static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal || scalar == "_" || scalar == "-"
    }
}

extension Reference.Root {
    /// How many segments it takes.
    fileprivate var length: Int {
        switch self {
        case .item, .index, .files: 1
        case .parameter, .argument, .workflowID, .workflowName, .jobID, .jobAttempt: 2
        case .step: 3
        }
    }
}

/// A template that cannot be read or worked out.
public struct TemplateFault: Error, Sendable, Hashable {
    /// One sentence with the expression and the fix.
    public let message: String
    init(_ message: String) { self.message = message }
}
