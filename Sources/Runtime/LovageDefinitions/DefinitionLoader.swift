#if Commands
public import LovageCore
public import LovageWorkflow

/// Reads folders of YAML into definitions: everything is checked before anything is said to be good, and everything
/// that is wrong is said at once.
///
/// 1. Each file becomes documents (`YAMLFile`), each document a definition (`Definition.reading`).
/// 2. Each definition is asked what is wrong with it (`faults()`); what only follows from a field that could not be
///    read is left out.
/// 3. The definitions are held against each other (`DefinitionSet`): names taken twice, kinds that nobody defines,
///    arguments that a command does not take.
/// 4. Scripts are read and hashed (`ScriptFiles`).
public struct DefinitionLoader {
    private let files: (String) -> [UInt8]?
    private let knownKinds: Set<Kind>?
    private let storedCommands: [Kind: CommandDefinition]
    private let knownQueues: Set<QueueName>?

    /// Makes a loader. `files` reads a script by its path, nil when there is none; `knownKinds` are the kinds that
    /// exist elsewhere (stored, or served by workers): with them an unknown kind is a problem, without them a warning.
    /// `storedCommands` are the definitions of those that are commands, against which steps are held;
    /// `knownQueues` those that somebody has: any other one is warned of.
    public init(
        knownKinds: Set<Kind>? = nil, storedCommands: [Kind: CommandDefinition] = [:],
        knownQueues: Set<QueueName>? = nil, files: @escaping (String) -> [UInt8]?
    ) {
        self.knownKinds = knownKinds
        self.knownQueues = knownQueues
        self.storedCommands = storedCommands
        self.files = files
    }

    /// All files that loading `sources` asks for, each path once, in the order of the definitions: what whoever sends
    /// them elsewhere has to send along. Not all of them have to exist; what cannot be read names nothing.
    public static func files(for sources: [SourceFile]) -> [NamedFile] {
        var seen = Set<String>()
        var files: [NamedFile] = []
        for source in sources {
            for document in YAMLFile(source).documents {
                guard let definition = Definition.reading(document.value).definition else { continue }
                files += ScriptFiles.wanted(by: definition, besides: source.path).filter {
                    seen.insert($0.path).inserted
                }
            }
        }
        return files
    }

    /// Reads `sources`; complexity: O(bytes).
    public func load(_ sources: [SourceFile]) -> LoadReport {
        var report = LoadReport()
        var entries: [Entry] = []
        for (order, source) in sources.enumerated() {
            let file = YAMLFile(source)
            for fault in file.faults {
                report.problems.append(
                    Problem(
                        path: source.path, line: fault.place.line, column: fault.place.column, field: "",
                        message: fault.message, hint: nil))
            }
            for document in file.documents { entries += read(document, source.path, order, &report) }
        }
        let set = DefinitionSet(
            entries.map(\.definition), knownKinds: knownKinds, stored: storedCommands, knownQueues: knownQueues)
        for finding in set.findings() {
            let other = finding.other.map { entries[$0] }
            let hint = other.map { "the first is at \($0.path):\($0.document.place(of: []).line)" }
            let problem = entries[finding.position].problem(finding.fault, hint: hint)
            if finding.isWarning { report.warnings.append(problem) } else { report.problems.append(problem) }
        }
        var scripts = ScriptFiles(read: files)
        for entry in entries {
            let resolved = scripts.resolve(entry.definition, besides: entry.path)
            report.problems += resolved.faults.map(entry.problem)
            report.warnings += entry.definition.doubts().map(entry.problem)
            report.definitions.append(
                LoadedDefinition(
                    definition: resolved.definition, hash: resolved.definition.hash, path: entry.path,
                    line: entry.document.place(of: []).line))
        }
        report.files = scripts.stored
        let orders = Dictionary(
            sources.enumerated().map { ($0.element.path, $0.offset) }, uniquingKeysWith: { first, _ in first })
        report.problems = Self.sorted(report.problems, orders)
        report.warnings = Self.sorted(report.warnings, orders)
        return report
    }

    /// A definition and the document it came from.
    private struct Entry {
        let definition: Definition
        let document: YAMLDocument
        let path: String

        func problem(_ fault: DefinitionFault) -> Problem { problem(fault, hint: nil) }

        func problem(_ fault: DefinitionFault, hint: String?) -> Problem {
            let place = document.place(of: fault.path)
            return Problem(
                path: path, line: place.line, column: place.column, field: fault.field, message: fault.message,
                hint: hint ?? fault.hint)
        }
    }

    private func read(_ document: YAMLDocument, _ path: String, _ order: Int, _ report: inout LoadReport) -> [Entry] {
        let (definition, faults) = Definition.reading(document.value)
        guard let definition else {
            for fault in faults {
                let place = document.place(of: fault.path)
                report.problems.append(
                    Problem(
                        path: path, line: place.line, column: place.column, field: fault.field, message: fault.message,
                        hint: fault.hint))
            }
            return []
        }
        let entry = Entry(definition: definition, document: document, path: path)
        report.problems += faults.map(entry.problem)
        report.problems += definition.faults(besides: faults).map(entry.problem)
        return [entry]
    }

    private static func sorted(_ problems: [Problem], _ orders: [String: Int]) -> [Problem] {
        problems.enumerated().sorted { left, right in
            let (a, b) = (left.element, right.element)
            let first = (orders[a.path] ?? 0, a.line, a.column, left.offset)
            let second = (orders[b.path] ?? 0, b.line, b.column, right.offset)
            return first < second
        }.map(\.element)
    }
}
#endif
