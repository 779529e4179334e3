import Foundation
import Testing

/// Files of the repository that tests compare with.
enum Repository {
    /// The root, found from where this file was compiled.
    static let root = (0..<5).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// Compares `seen` with a golden file; with `RECORD_SNAPSHOTS=1` writes it instead.
    static func expectGolden(_ seen: String, _ path: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let url = root.appending(path: path)
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try seen.write(to: url, atomically: true, encoding: .utf8)
            return
        }
        let golden = try text(path)
        guard seen != golden else { return }
        let (now, before) = (seen.split(separator: "\n"), golden.split(separator: "\n"))
        let changes = now.difference(from: before).prefix(20).map { change in
            switch change {
            case .insert(_, let line, _): "+ \(line)"
            case .remove(_, let line, _): "- \(line)"
            }
        }
        Issue.record(
            "\(path) differs; look at it, then run again with RECORD_SNAPSHOTS=1\n\(changes.joined(separator: "\n"))",
            sourceLocation: sourceLocation)
    }
}
