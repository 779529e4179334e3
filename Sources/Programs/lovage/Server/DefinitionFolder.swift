import Foundation
import LovageAPI
import LovageCore
import LovageDefinitions
import LovageWorkflow

/// The definitions of a folder and the files they name.
struct DefinitionFolder: Sendable {
    let path: String

    /// Everything the server needs to check and store them.
    ///
    /// Which files the definitions name is found by reading them as the server does, so that nothing else of the folder
    /// leaves the machine. Paths are sent as they lead from here, so that the problems the server finds name files as
    /// people type them.
    func request(isDryRun: Bool) throws(CommandFailure) -> ApplyRequest {
        var problems: [String] = []
        var files: [FileView] = []
        for name in try sources() {
            do {
                // Much too large ones are refused by the server in its own words.
                let contents = try RegularFile.read(name, limit: CommandDefinition.mostFileBytes)
                files.append(FileView(path: name, contents: contents))
            } catch {
                problems.append("\(Harmless.line(name)) \(error.reason)")
            }
        }
        var scripts: [ScriptView] = []
        let sources = files.map { SourceFile(path: $0.path, contents: $0.contents) }
        for file in DefinitionLoader.files(for: sources) {
            do {
                guard let contents = try Self.contents(of: file) else { continue }
                scripts.append(ScriptView(path: file.path, contents: contents))
            } catch {
                problems.append("\(Harmless.line(file.path)) \(error.reason)")
            }
        }
        guard problems.isEmpty else { throw .usage(problems.joined(separator: "\nlovage: ")) }
        return ApplyRequest(files: files, scripts: scripts, isDryRun: isDryRun)
    }

    /// What is in a file that a definition names; nil when there is none, which the server says with the place. A link
    /// that leads out of the definition's folder would bring in what nobody sees there.
    private static func contents(of file: NamedFile) throws(RegularFile.Refusal) -> [UInt8]? {
        guard let real = RegularFile.resolved(file.path) else { return nil }
        let home = RegularFile.resolved(file.folder.isEmpty ? "." : file.folder) ?? ""
        guard real.hasPrefix(home == "/" ? home : home + "/") else {
            if !file.isStored { return nil }
            throw RegularFile.Refusal(
                reason: "is a link that leads out of the folder of its definition: copy the file there")
        }
        do {
            return try RegularFile.read(file.path, limit: CommandDefinition.mostFileBytes)
        } catch {
            if error.isMissing || !file.isStored { return nil }
            throw error
        }
    }

    /// The YAML files, by the paths that lead to them from here; hidden ones are left out.
    private func sources() throws(CommandFailure) -> [String] {
        if path.isEmpty { throw .usage("the folder's name is empty: name a folder with definitions, . for this one") }
        guard FileManager.default.fileExists(atPath: path) else {
            throw .usage("'\(Harmless.line(path))' does not exist: name a folder with definitions")
        }
        guard Self.isFolder(path) else {
            guard Self.isDefinition(path) else {
                throw .usage("'\(Harmless.line(path))' is no .yaml file: name one, or a folder with definitions")
            }
            return [path]
        }
        guard let entries = FileManager.default.enumerator(atPath: path) else {
            throw .usage("'\(Harmless.line(path))' cannot be read")
        }
        var prefix = path
        while prefix.hasPrefix("./") { prefix.removeFirst(2) }
        if prefix == "." { prefix = "" }
        if !prefix.isEmpty, !prefix.hasSuffix("/") { prefix += "/" }
        var names: [String] = []
        for case let name as String in entries {
            if name.split(separator: "/").last?.hasPrefix(".") == true {
                entries.skipDescendants()
            } else if Self.isDefinition(name), !Self.isFolder(prefix + name) {
                names.append(prefix + name)
            }
        }
        if names.isEmpty {
            throw .usage("'\(Harmless.line(path))' has no .yaml file: name a folder with definitions")
        }
        return names.sorted()
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    private static func isDefinition(_ name: String) -> Bool { name.hasSuffix(".yaml") || name.hasSuffix(".yml") }
}
