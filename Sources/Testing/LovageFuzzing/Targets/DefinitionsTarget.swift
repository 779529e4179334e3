#if Commands
import LovageCore
import LovageDefinitions
import LovageWorkflow

extension FuzzTarget {
    static let definitions = FuzzTarget("definitions", "a YAML file of commands and workflows") { bytes in
        let report = load(bytes)
        try promise(load(bytes) == report, "the same file was read in two ways")
        let shape = TextShape(bytes)
        for problem in report.problems + report.warnings {
            try promise(shape.has(line: problem.line, column: problem.column), "no such place: \(problem)")
            try promise(!problem.message.isEmpty, "nothing is said at \(problem)")
        }
        guard report.problems.isEmpty else { return }
        for loaded in report.definitions { try check(loaded) }
    }

    private static func load(_ bytes: [UInt8]) -> LoadReport {
        // Whatever is called a script is there.
        DefinitionLoader { $0.hasPrefix("folder/scripts/") ? Array("#!/bin/sh\n".utf8) : nil }
            .load([SourceFile(path: "folder/file.yaml", contents: bytes)])
    }

    /// What was found good can be stored, read back, drawn and asked for.
    private static func check(_ loaded: LoadedDefinition) throws {
        let definition = loaded.definition
        let faults = definition.faults()
        try promise(faults.isEmpty, "what is said to be good has faults: \(faults)")
        let stored = definition.canonicalJSON
        let again: Definition
        do {
            again = try Definition(canonicalJSON: try JSONText(validating: stored.bytes, limits: .trusted))
        } catch {
            throw BrokenPromise(description: "'\(stored)' cannot be read back: \(error)")
        }
        try promise(again == definition, "'\(stored)' is read back as another definition")
        try promise(again.canonicalJSON == stored, "'\(stored)' is written in two ways")
        try promise(loaded.hash == again.hash, "'\(stored)' has two hashes")
        switch definition {
        case .workflow(let workflow): _ = (workflow.drawing(width: 80), workflow.dot)
        case .command(let command):
            do {
                let id = JobID(UUIDv7(high: 0x0193_0A3E_0000_7000, low: 0x8000_0000_0000_0000))
                _ = try command.invocation(for: .emptyObject, job: id, attempt: 1)
            } catch {
                try promise(!error.problems.isEmpty, "a command is refused its arguments for no reason")
            }
        }
    }
}
#endif
