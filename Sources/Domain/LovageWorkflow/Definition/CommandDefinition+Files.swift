import LovageCore

// The files that are stored with a command and put side by side where it runs.

extension CommandDefinition {
    /// The name of the script that is stored with the definition, when the program is one: a path that does not begin
    /// with a slash. Any other program is looked up where the command runs.
    public var script: String? {
        guard let program = run.first, StoredName.hasFolder(program), program.utf8.first != UInt8(ascii: "/"),
            !program.contains("${")
        else { return nil }
        return StoredName.normalised(program)
    }

    /// The program, when it is a mere name, which is looked up in PATH even if a file of this name lies beside the
    /// definition.
    public var programInPath: String? {
        guard let program = run.first, !program.isEmpty, !StoredName.hasFolder(program), !program.contains("${") else {
            return nil
        }
        return program
    }

    /// Every file that is stored with it, once, in a fixed order, and the field that names it.
    public var storedFiles: [(name: String, path: [String])] {
        let others = files.keys.filter { $0 != script }.sorted()
        return (script.map { [($0, ["run", "0"])] } ?? []) + others.map { ($0, ["files"]) }
    }

    func fileFaults() -> [DefinitionFault] {
        let stored = storedFiles
        let names = Set(stored.map(\.name))
        return stored.compactMap { file in
            if let problem = StoredName.problem(with: file.name) {
                return DefinitionFault(file.path, problem.message, hint: problem.hint)
            }
            return StoredName.folders(of: file.name).first(where: names.contains).map {
                DefinitionFault(
                    file.path, "'\($0)' cannot be a file and the folder of '\(file.name)'", hint: "rename one of them")
            }
        }
    }

    /// Elements of `run` that look like files of the command but lead nowhere in the scratch folder where it runs.
    func fileDoubts() -> [DefinitionFault] {
        guard directory == nil else { return [] }
        return run.enumerated().dropFirst().compactMap { position, element in
            let name = StoredName.normalised(element)
            guard files[name] != nil else { return nil }
            return DefinitionFault(
                ["run", "\(position)"], "'\(element)' is stored with the command, which does not run in its folder",
                hint: "write ${files}/\(name) for the stored file")
        }
    }
}
