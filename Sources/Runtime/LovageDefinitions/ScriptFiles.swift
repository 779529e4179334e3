import LovageWorkflow

/// Finds the files that commands name and keeps each content once.
///
/// A script and the files with it are read beside the YAML file; a worker writes them to a folder of their own under the
/// same names.
struct ScriptFiles {
    let read: (String) -> [UInt8]?
    private(set) var stored: [LoadedFile] = []
    private var hashes = Set<String>()

    init(read: @escaping (String) -> [UInt8]?) { self.read = read }

    mutating func resolve(
        _ definition: Definition, besides path: String
    ) -> (definition: Definition, faults: [DefinitionFault]) {
        guard case .command(var command) = definition else { return (definition, []) }
        var faults: [DefinitionFault] = []
        let folder = Self.folder(of: path)
        if let program = command.programInPath, command.files[program] == nil, read(folder + program) != nil {
            faults.append(
                DefinitionFault(
                    ["run", "0"],
                    "'\(program)' lies beside this file, but a program without a folder is looked up in PATH",
                    hint: "write ./\(program) for the file beside, or the full path of the program"))
        }
        // What may not be stored is not read either; `faults()` has said so.
        for file in command.storedFiles where StoredName.problem(with: file.name) == nil {
            switch fetch(file.name, folder) {
            case .success(let hash): command.files[file.name] = hash
            case .failure(let problem): faults.append(DefinitionFault(file.path, problem.message, hint: problem.hint))
            }
        }
        return (.command(command), faults)
    }

    /// What has to be at hand to load this definition: its stored files, and what its program may be mistaken for.
    static func wanted(by definition: Definition, besides path: String) -> [NamedFile] {
        guard case .command(let command) = definition else { return [] }
        let folder = folder(of: path)
        let stored = command.storedFiles.map { ($0.name, true) }
        return (stored + [command.programInPath].compactMap(\.self).map { ($0, false) })
            .filter { StoredName.problem(with: $0.0) == nil }
            .map { NamedFile(folder: folder, name: $0.0, isStored: $0.1) }
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    private struct Refusal: Error {
        let message: String
        var hint: String?
    }

    private mutating func fetch(_ name: String, _ folder: String) -> Result<String, Refusal> {
        guard let contents = read(folder + name) else {
            return .failure(Refusal(message: "there is no file '\(folder)\(name)'"))
        }
        guard contents.count <= CommandDefinition.mostFileBytes else {
            return .failure(
                Refusal(
                    message:
                        "'\(folder)\(name)' has \(contents.count) bytes, at most \(CommandDefinition.mostFileBytes) "
                        + "can be stored"))
        }
        let hash = ContentHash.hex(of: contents)
        if hashes.insert(hash).inserted { stored.append(LoadedFile(hash: hash, contents: contents)) }
        return .success(hash)
    }
}
