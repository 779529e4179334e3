/// One thing wrong with a definition.
public struct DefinitionFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where, from the outside in: names of fields and positions in lists, such as `steps`, `archive`, `needs`, `0`.
    public let path: [String]
    /// One sentence with the value.
    public let message: String
    /// What to do about it, when there is more to say.
    public let hint: String?

    /// Makes a fault.
    public init(_ path: [String], _ message: String, hint: String? = nil) {
        self.path = path
        self.message = message
        self.hint = hint
    }

    /// The path as people write it: `steps.archive.needs[0]`.
    public var field: String {
        path.reduce("") { text, part in
            Int(part) != nil && !text.isEmpty ? "\(text)[\(part)]" : text.isEmpty ? part : "\(text).\(part)"
        }
    }

    /// Field, message and hint in one line.
    public var description: String {
        "\(field.isEmpty ? "" : "\(field): ")\(message)\(hint.map { "; \($0)" } ?? "")"
    }
}

/// A definition that cannot be used, with everything that is wrong with it.
public struct InvalidDefinition: Error, Sendable, Hashable, CustomStringConvertible {
    /// At least one.
    public let faults: [DefinitionFault]
    /// Makes an error.
    public init(_ faults: [DefinitionFault]) { self.faults = faults }
    /// One line for each fault.
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}

extension Definition {
    /// Everything that is wrong with it; empty when it can be used.
    public func faults() -> [DefinitionFault] { faults(besides: []) }

    /// What may be meant so, and most often is not.
    public func doubts() -> [DefinitionFault] {
        switch self {
        case .command(let command): command.fileDoubts()
        case .workflow: []
        }
    }

    /// Everything that is wrong with it besides fields that could not be read, without what only follows from those.
    public func faults(besides unread: [DefinitionFault]) -> [DefinitionFault] {
        let all =
            switch self {
            case .command(let command): command.faults(reportsUnused: unread.isEmpty)
            case .workflow(let workflow): workflow.faults(reportsUnused: unread.isEmpty)
            }
        // A step or parameter with an unreadable field is judged when that is mended; so is a whole list of them.
        let regions = Set(
            unread.map { Array($0.path.prefix($0.path.first == "steps" || $0.path.first == "parameters" ? 2 : 1)) })
        return all.filter { fault in
            if fault.path.isEmpty { return !regions.contains([]) }
            return !regions.contains(Array(fault.path.prefix(1))) && !regions.contains(Array(fault.path.prefix(2)))
        }
    }
}

/// The names that templates can read by a path: parameters and steps.
enum TemplateName {
    static let rule = "use letters, digits, _ and -, beginning with a letter or _, at most 100"

    static func isLegal(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, name.utf8.count <= 100 else { return false }
        return first.isASCII && (first.properties.isAlphabetic || first == "_")
            && name.unicodeScalars.allSatisfy { $0.isASCII && Reference.isNameScalar($0) }
    }
}
