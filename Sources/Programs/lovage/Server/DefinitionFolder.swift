import Foundation
import LovageAPI
import LovageCore

/// The definitions of a folder and the files they name.
struct DefinitionFolder: Sendable {
    let path: String

    /// Larger files are no scripts, and would not fit into one request with others.
    private static let largestFile = 8 << 20

    /// Everything the server needs to check and store them.
    ///
    /// Which files a command names is decided by the server, which reads the definitions; sent is each file whose path
    /// stands anywhere in their text, so that nothing else of the folder leaves the machine.
    func request(isDryRun: Bool) throws(CommandFailure) -> ApplyRequest {
        let (root, candidates) = try files()
        var definitions: [FileView] = []
        for name in candidates where name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
            let bytes = try read(root, name)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw .usage("\(Harmless.line(name)) is not UTF-8: save it as UTF-8")
            }
            definitions.append(FileView(path: name, text: text))
        }
        if definitions.isEmpty {
            throw .usage("'\(Harmless.line(path))' has no .yaml file: name a folder with definitions")
        }
        var scripts: [ScriptView] = []
        for name in candidates where definitions.contains(where: { Self.names($0, name) }) {
            scripts.append(ScriptView(path: name, contents: try read(root, name)))
        }
        return ApplyRequest(files: definitions, scripts: scripts, isDryRun: isDryRun)
    }

    /// True when a definition may mean this file: commands name files from the folder their definition stands in.
    private static func names(_ definition: FileView, _ file: String) -> Bool {
        let folder = definition.path.lastIndex(of: "/").map { definition.path[...$0] } ?? ""
        guard file != definition.path, file.hasPrefix(folder) else { return false }
        return definition.text.contains(file.dropFirst(folder.count))
    }

    /// The folder and the paths of its files in it, sorted; hidden ones are left out.
    private func files() throws(CommandFailure) -> (root: URL, names: [String]) {
        let url = URL(fileURLWithPath: path).standardizedFileURL
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
            throw .usage("'\(Harmless.line(path))' does not exist: name a folder with definitions")
        }
        let root = isFolder.boolValue ? url : url.deletingLastPathComponent()
        guard let names = FileManager.default.enumerator(atPath: root.path) else {
            throw .usage("'\(Harmless.line(path))' cannot be read")
        }
        var found: [String] = []
        for case let name as String in names {
            if name.split(separator: "/").contains(where: { $0.hasPrefix(".") }) { continue }
            var isInnerFolder: ObjCBool = false
            let inner = root.appendingPathComponent(name).path
            guard FileManager.default.fileExists(atPath: inner, isDirectory: &isInnerFolder), !isInnerFolder.boolValue
            else { continue }
            let isDefinition = name.hasSuffix(".yaml") || name.hasSuffix(".yml")
            if isDefinition, !isFolder.boolValue, name != url.lastPathComponent { continue }
            found.append(name)
        }
        return (root, found.sorted())
    }

    private func read(_ root: URL, _ name: String) throws(CommandFailure) -> [UInt8] {
        do {
            let data = try Data(contentsOf: root.appendingPathComponent(name))
            guard data.count <= Self.largestFile else {
                throw CommandFailure.usage(
                    "\(Harmless.line(name)) has \(Spans.grouped(data.count)) bytes: a script has at most "
                        + Spans.grouped(Self.largestFile))
            }
            return Array(data)
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw .usage("\(Harmless.line(name)) cannot be read: \(error.localizedDescription)")
        }
    }
}
