#if Commands
import Foundation
import LovageWorkflow
import Testing

@testable import LovageDefinitions

/// What the guide shows is what the loader takes.
@Suite struct GuideTests {
    @Test func `every definition in the guide loads`() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../docs/guides/definitions.md").standardizedFileURL
        let blocks = String(decoding: try Data(contentsOf: page), as: UTF8.self).components(separatedBy: "```")
        let sources = blocks.filter { $0.hasPrefix("yaml\n") }.enumerated().map {
            SourceFile(path: "block \($0.offset + 1)", text: String($0.element.dropFirst(5)))
        }
        #expect(sources.count >= 2)
        let report = DefinitionLoader(knownKinds: []) { $0.hasPrefix("scripts/") ? [1] : nil }.load(sources)
        #expect(report.problems.isEmpty, "\(report.problems)")
        #expect(report.definitions.count >= 4)
    }
}
#endif
