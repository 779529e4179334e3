import Foundation

/// The repository as it lies on the disk, found from this file.
enum Tree {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Our Swift sources.
    static let sources = files(under: "Sources", suffix: ".swift").map(SwiftFile.init)

    /// Every page, wherever it lies.
    static let pages = files(under: "", suffix: ".md")

    /// Paths relative to the root, sorted; what a build leaves behind is left out.
    static func files(under folder: String, suffix: String) -> [String] {
        let start = folder.isEmpty ? root : root.appendingPathComponent(folder)
        guard let walk = FileManager.default.enumerator(atPath: start.path) else { return [] }
        var found: [String] = []
        while let path = walk.nextObject() as? String {
            if path.hasPrefix(".git/") || path.split(separator: "/").contains(where: { $0.hasPrefix(".build") }) {
                walk.skipDescendants()
            } else if path.hasSuffix(suffix) {
                found.append(folder.isEmpty ? path : "\(folder)/\(path)")
            }
        }
        return found.sorted()
    }

    static func text(of path: String) -> String {
        let data = FileManager.default.contents(atPath: root.appendingPathComponent(path).path) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }
}
