import LovageCore

/// A description that the store keeps by name, version and hash.
public enum Definition: Sendable, Hashable {
    /// A command kind.
    case command(CommandDefinition)
    /// A workflow.
    case workflow(WorkflowDefinition)

    /// What sort of definition it is; names are unique within a sort.
    public var sort: Sort {
        switch self {
        case .command: .command
        case .workflow: .workflow
        }
    }

    /// Its name.
    public var name: String {
        switch self {
        case .command(let command): command.kind.text
        case .workflow(let workflow): workflow.name.text
        }
    }

    /// The sorts of definitions there are.
    public enum Sort: String, Sendable, Hashable, CaseIterable {
        case command, workflow
    }
}

/// One stored version of a definition. A run keeps the version it began with.
public struct DefinitionVersion: Sendable, Hashable {
    /// What sort of definition.
    public let sort: Definition.Sort
    /// Its name.
    public let name: String
    /// 1 for the first, one more for every change.
    public let version: Int
    /// SHA-256 of its canonical JSON, in lower-case hexadecimal.
    public let hash: String

    /// Makes a version.
    public init(sort: Definition.Sort, name: String, version: Int, hash: String) {
        self.sort = sort
        self.name = name
        self.version = version
        self.hash = hash
    }
}
