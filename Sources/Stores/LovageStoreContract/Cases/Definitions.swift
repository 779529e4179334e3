import LovageCore
import LovageStore
import LovageWorkflow

extension StoreContract {
    private static func command(_ kind: Kind, _ run: String...) -> Definition {
        .command(CommandDefinition(kind: kind, run: run))
    }

    static let definitions = [
        StoreContract("a definition that is saved first has version 1 and is read back as it was") { bench in
            let definition = Definition.command(
                CommandDefinition(
                    kind: "archive", description: "packs", run: ["tar", "-cf", "${args.file}"],
                    parameters: [Parameter(name: "file", isRequired: true)], environment: ["A": "1"],
                    retryCodes: [75], skipCodes: [3], options: JobOptions(queue: "backup", hardLimit: .seconds(60)),
                    files: ["bin/pack": "00ff"]))
            let saved = try await bench.store.save([DefinitionDraft(definition: definition, hash: "h1")], files: [])
            let version = DefinitionVersion(sort: .command, name: "archive", version: 1, hash: "h1")
            try expect(saved, is: [version], "the version")
            let stored = try await bench.store.definition(.command, named: "archive", version: nil)
            try expect(stored, is: StoredDefinition(version: version, definition: definition), "what is stored")
        },
        StoreContract("saving the same hash again makes no new version, another hash does, and old ones stay") {
            bench in
            let first = DefinitionDraft(definition: command("archive", "tar"), hash: "h1")
            let second = DefinitionDraft(definition: command("archive", "cpio"), hash: "h2")
            _ = try await bench.store.save([first], files: [])
            try expect(try await bench.store.save([first], files: []).map(\.version), is: [1], "the same hash")
            try expect(try await bench.store.save([second], files: []).map(\.version), is: [2], "another hash")
            try expect(try await bench.store.save([first], files: []).map(\.version), is: [3], "the first one again")
            let stored = try await bench.store.definition(.command, named: "archive", version: 2)
            try expect(stored?.definition, is: second.definition, "version 2")
            let newest = try await bench.store.definition(.command, named: "archive", version: nil)
            try expect(newest?.version.version, is: 3, "the newest version")
            let missing = try await bench.store.definition(.command, named: "archive", version: 4)
            try expect(missing, is: nil, "a version there is not")
        },
        StoreContract("a definition nobody saved is not found, and a sort does not see another's names") { bench in
            _ = try await bench.store.save([DefinitionDraft(definition: command("a", "true"), hash: "h")], files: [])
            let unknown = try await bench.store.definition(.command, named: "b", version: nil)
            try expect(unknown, is: nil, "a name nobody saved")
            let workflow = try await bench.store.definition(.workflow, named: "a", version: nil)
            try expect(workflow, is: nil, "a workflow of a command's name")
        },
        StoreContract("the newest versions of all definitions are listed by sort and name") { bench in
            let step = WorkflowDefinition.Step(name: "only", kind: "a")
            let workflow = Definition.workflow(WorkflowDefinition(name: "a", steps: [step]))
            _ = try await bench.store.save(
                [
                    DefinitionDraft(definition: workflow, hash: "w"),
                    DefinitionDraft(definition: command("b", "true"), hash: "b1"),
                    DefinitionDraft(definition: command("a", "true"), hash: "a1"),
                    DefinitionDraft(definition: command("a", "false"), hash: "a2"),
                ], files: [])
            let listed = try await bench.store.definitions().map(\.version)
            let expected = [
                DefinitionVersion(sort: .command, name: "a", version: 2, hash: "a2"),
                DefinitionVersion(sort: .command, name: "b", version: 1, hash: "b1"),
                DefinitionVersion(sort: .workflow, name: "a", version: 1, hash: "w"),
            ]
            try expect(listed, is: expected, "the definitions")
        },
        StoreContract("files are kept by their hash, byte for byte") { bench in
            let file = StoredFile(hash: "00ff", contents: Array(0...255))
            let empty = StoredFile(hash: "e3b0", contents: [])
            _ = try await bench.store.save([], files: [file, empty])
            _ = try await bench.store.save([], files: [file])
            try expect(try await bench.store.file(hash: "00ff"), is: file, "a file")
            try expect(try await bench.store.file(hash: "e3b0"), is: empty, "an empty file")
            try expect(try await bench.store.file(hash: "1234"), is: nil, "a file nobody saved")
        },
    ]
}
