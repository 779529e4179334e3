import Foundation
import Testing

@Suite(.timeLimit(.minutes(2))) struct `Output that cannot be written` {
    @Test(arguments: [["version"], ["--help"], ["help", "submit"]])
    func `ends the program with code 74 and a sentence`(words: [String]) async throws {
        let folder = try TestFolder()
        let ended = try await Program.run(words, in: folder, output: URL(fileURLWithPath: "/dev/full"))
        #expect(ended.code == 74)
        #expect(ended.complaints == "lovage: standard output cannot be written: No space left on device\n")
    }
}
