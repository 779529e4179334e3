import Foundation
import Testing

/// Compares with a file under `Tests/Fixtures/definitions`; `RECORD_SNAPSHOTS=1` writes it anew.
func expectGolden(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Fixtures/definitions/\(name)").standardizedFileURL
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }
    let golden = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    #expect(text == golden, "\(file.path) differs; RECORD_SNAPSHOTS=1 writes it anew", sourceLocation: sourceLocation)
}
