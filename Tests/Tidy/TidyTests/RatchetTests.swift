import Testing

/// Rules that forbid getting worse. An exception names today's figure; when the code is better, the figure goes down.
struct RatchetTests {
    static let mostLines = 400

    /// Files that are longer, and how long they may be.
    static let longFiles: [String: Int] = [:]

    @Test func `no source file is longer than its limit`() {
        for file in Tree.sources {
            let limit = Self.longFiles[file.path] ?? Self.mostLines
            #expect(
                file.lines.count <= limit, "\(file.path) has \(file.lines.count) lines; split it at its second concept")
        }
    }

    @Test func `no exception outlives its reason`() {
        for (path, _) in Self.longFiles {
            let file = Tree.sources.first { $0.path == path }
            #expect((file?.lines.count ?? 0) > Self.mostLines, "\(path) no longer needs its exception")
        }
    }

    @Test func `no target is a placeholder`() {
        for file in Tree.sources where file.name == "Placeholder.swift" {
            Issue.record("\(file.module) is empty")
        }
    }
}
