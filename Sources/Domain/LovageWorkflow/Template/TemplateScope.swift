package import LovageCore

/// What templates are worked out against: plain values, loaded beforehand.
package struct TemplateScope: Sendable {
    /// The parameters of the run.
    package var parameters: JSONValue?
    /// How steps ended.
    package var outcomes: [String: StepOutcome] = [:]
    /// The results of the members of steps.
    package var results: [String: [JSONValue]] = [:]
    /// The element of a `foreach`.
    package var item: JSONValue?
    /// Its position.
    package var index: Int?
    /// The run.
    package var workflowID: String?
    /// Its definition.
    package var workflowName: String?
    /// The arguments of a command's job.
    package var arguments: JSONValue?
    /// The job of a command.
    package var jobID: String?
    /// Its attempt.
    package var jobAttempt: Int?

    /// Where the files of a command are.
    package var files: String?

    /// Nothing to read yet.
    package init() {}

    /// What `reference` reads. What a step left behind without a result is null, and so is everything inside a null; a
    /// member that is not there is a fault, because it is most often misspelt.
    package func value(of reference: Reference) throws(TemplateFault) -> JSONValue {
        try Self.follow(reference.path[...], from: try rootValue(of: reference), reference)
    }

    private func rootValue(of reference: Reference) throws(TemplateFault) -> JSONValue {
        switch reference.root {
        case .parameter(let name): return try Self.follow([name], from: parameters ?? .null, reference)
        case .argument(let name): return try Self.follow([name], from: arguments ?? .null, reference)
        case .step(let name, .outcome): return outcomes[name].map { .string($0.rawValue) } ?? .null
        case .step(let name, .results): return .array(results[name] ?? [])
        case .step(let name, .result):
            let results = results[name] ?? []
            guard results.count <= 1 else {
                throw TemplateFault(
                    "'\(reference.source)': \(name) has \(results.count) members; use steps.\(name).results")
            }
            return results.first ?? .null
        case .item:
            guard let item else {
                throw TemplateFault("'\(reference.source)': there is an item only in a foreach step")
            }
            return item
        case .index:
            guard let index else {
                throw TemplateFault("'\(reference.source)': there is an index only in a foreach step")
            }
            return .number(JSONNumber(index))
        case .workflowID: return .string(workflowID ?? "")
        case .workflowName: return .string(workflowName ?? "")
        case .jobID: return .string(jobID ?? "")
        case .jobAttempt: return .number(JSONNumber(jobAttempt ?? 0))
        case .files: return .string(files ?? "")
        }
    }

    private static func follow(
        _ path: ArraySlice<String>, from start: JSONValue, _ reference: Reference
    ) throws(TemplateFault) -> JSONValue {
        var value = start
        for name in path {
            switch value {
            case .null: return .null
            case .object(let members):
                guard let member = members.first(where: { $0.key == name }) else {
                    let hint = DidYouMean.sentence(name, among: members.map(\.key))
                    throw TemplateFault("'\(reference.source)': there is no '\(name)'\(hint)")
                }
                value = member.value
            case .array(let elements):
                guard let index = Int(name), elements.indices.contains(index) else {
                    throw TemplateFault(
                        "'\(reference.source)': there is no '\(name)' in a list of \(elements.count); "
                            + "positions count from 0")
                }
                value = elements[index]
            case .bool, .number, .string:
                throw TemplateFault("'\(reference.source)': \(value.described) has no member '\(name)'")
            }
        }
        return value
    }
}

extension JSONValue {
    /// The value in a sentence: its sort, and what it is when that is short.
    var described: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number: "the number \(text().string.prefix(40))"
        case .string(let text): "the text '\(text.prefix(40))\(text.count > 40 ? "…" : "")'"
        case .array(let elements): elements.isEmpty ? "an empty list" : "a list"
        case .object: "an object"
        }
    }
}

extension String {
    /// Without white space at its ends.
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
