public import LovageCore
public import LovageWorkflow

/// One YAML file as it was read.
public struct SourceFile: Sendable, Hashable {
    /// Its path, as problems name it; files that it mentions are looked up beside it.
    public let path: String
    /// What is in it, UTF-8 or not.
    public let contents: [UInt8]

    /// Takes a file's bytes.
    public init(path: String, contents: [UInt8]) {
        self.path = path
        self.contents = contents
    }

    /// Takes a text.
    public init(path: String, text: String) { self.init(path: path, contents: Array(text.utf8)) }
}

/// A file that loading definitions asks for.
public struct NamedFile: Sendable, Hashable {
    /// The folder of its definition, empty or with a slash at its end.
    public let folder: String
    /// How the definition names it, below that folder.
    public let name: String
    /// True when it is stored with the command; false when it only matters whether it is there.
    public let isStored: Bool
    /// Where it is sought.
    public var path: String { folder + name }
}

/// What a folder of definitions says.
public struct LoadReport: Sendable, Hashable {
    /// The definitions in the order they were written; nothing may be stored while there are problems.
    public var definitions: [LoadedDefinition] = []
    /// The scripts and other files they need, each once, by hash.
    public var files: [LoadedFile] = []
    /// Everything that is wrong, by file and line.
    public var problems: [Problem] = []
    /// What may be meant so, by file and line.
    public var warnings: [Problem] = []
}

/// A definition with its hash and where it was written.
public struct LoadedDefinition: Sendable, Hashable {
    /// What it says; `files` of a command carry their hashes.
    public let definition: Definition
    /// SHA-256 of its canonical JSON, in lower-case hexadecimal.
    public let hash: String
    /// The file it was read from.
    public let path: String
    /// The line it begins on.
    public let line: Int
}

/// A file by content.
public struct LoadedFile: Sendable, Hashable {
    /// SHA-256 in lower-case hexadecimal.
    public let hash: String
    /// What is in it.
    public let contents: [UInt8]
}

/// One thing wrong, and where.
public struct Problem: Sendable, Hashable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// The line, from 1.
    public let line: Int
    /// The column, from 1.
    public let column: Int
    /// The field, such as `steps.archive.needs[0]`; empty for the whole definition.
    public let field: String
    /// One sentence with the value.
    public let message: String
    /// What to do about it, when there is more to say.
    public let hint: String?

    /// `backup.yaml:12:7: steps.archive.needs[0]: there is no step 'inventroy'; did you mean 'inventory'?`
    public var description: String {
        "\(path):\(line):\(column): \(field.isEmpty ? "" : "\(field): ")\(message)\(hint.map { "; \($0)" } ?? "")"
    }

    /// The problem as JSON.
    public var json: JSONValue {
        [
            "path": .string(path), "line": .number(JSONNumber(line)), "column": .number(JSONNumber(column)),
            "field": .string(field), "message": .string(message), "hint": hint.map(JSONValue.string) ?? .null,
        ]
    }
}
