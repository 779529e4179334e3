import LovageWorkflow

/// Finds the files that commands name and keeps each content once.
///
/// A script and the files with it are read beside the YAML file; a worker writes them to a folder of their own under the
/// same names.
struct ScriptFiles {
    /// Larger things belong on the worker or in an artefact, not in a definition.
    private static let mostBytes = 16 << 20

    let read: (String) -> [UInt8]?
    private(set) var stored: [LoadedFile] = []
    private var hashes = Set<String>()

    init(read: @escaping (String) -> [UInt8]?) { self.read = read }

    mutating func resolve(
        _ definition: Definition, besides path: String
    ) -> (definition: Definition, faults: [DefinitionFault]) {
        guard case .command(var command) = definition else { return (definition, []) }
        var faults: [DefinitionFault] = []
        var wanted = command.files.keys.sorted().map { (name: $0, path: ["files"]) }
        if let script = command.script, command.files[script] == nil { wanted.insert((script, ["run", "0"]), at: 0) }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        // What may not be stored is not read either; `faults()` has said so.
        for file in wanted where CommandDefinition.isStorable(file.name) {
            switch fetch(file.name, folder) {
            case .success(let hash): command.files[file.name] = hash
            case .failure(let problem): faults.append(DefinitionFault(file.path, problem.message, hint: problem.hint))
            }
        }
        return (.command(command), faults)
    }

    private struct Refusal: Error {
        let message: String
        var hint: String?
    }

    private mutating func fetch(_ name: String, _ folder: String) -> Result<String, Refusal> {
        guard let contents = read(folder + name) else {
            return .failure(Refusal(message: "there is no file '\(folder)\(name)'"))
        }
        guard contents.count <= Self.mostBytes else {
            return .failure(
                Refusal(
                    message: "'\(folder)\(name)' has \(contents.count) bytes, at most \(Self.mostBytes) can be stored"))
        }
        let hash = ContentHash.hex(of: contents)
        if hashes.insert(hash).inserted { stored.append(LoadedFile(hash: hash, contents: contents)) }
        return .success(hash)
    }
}
