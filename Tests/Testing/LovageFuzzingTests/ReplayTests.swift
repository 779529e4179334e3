import Foundation
import Testing

@testable import LovageFuzzing

/// What the fuzzer begins with and what it has found, without the fuzzer: every input is read again.
@Suite(.timeLimit(.minutes(5))) struct ReplayTests {
    @Test(arguments: Input.all) func `a seed or a finding keeps what is promised`(_ input: Input) throws {
        let target = try #require(FuzzTarget(input.target), "there is no target of that name")
        try target.check(Array(try Data(contentsOf: input.file)))
    }

    @Test(arguments: FuzzTarget.all.map(\.name)) func `a target has seeds and words`(_ target: String) throws {
        #expect(Input.all.contains { $0.target == target && $0.folder == "seeds" })
        #expect(FileManager.default.fileExists(atPath: Input.fixtures.appending(path: "\(target)/words.dict").path))
    }

    /// A file below `Tests/Fixtures/fuzzing`.
    struct Input: Sendable, CustomTestStringConvertible {
        let target: String
        let folder: String
        let file: URL
        var testDescription: String { "\(target)/\(folder)/\(file.lastPathComponent)" }

        static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Fixtures/fuzzing").standardizedFileURL

        /// Every input of every target; a target that the traits leave out has none.
        static let all: [Input] = FuzzTarget.all.flatMap { target in
            ["seeds", "findings"].flatMap { folder in
                files(in: fixtures.appending(path: "\(target.name)/\(folder)"))
                    .map { Input(target: target.name, folder: folder, file: $0) }
            }
        }

        private static func files(in folder: URL) -> [URL] {
            guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
            do {
                return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
                    .sorted { $0.path < $1.path }
            } catch {
                Issue.record("\(folder.path) cannot be read: \(error)")
                return []
            }
        }
    }
}
