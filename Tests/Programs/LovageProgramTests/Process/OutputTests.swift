import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct `Output that cannot be written` {
    @Test(arguments: [["version"], ["--help"], ["help", "submit"]])
    func `ends the program with code 74 and a sentence`(words: [String]) async throws {
        let folder = try TestFolder()
        let ended = try await Program.run(words, in: folder, output: URL(fileURLWithPath: "/dev/full"))
        #expect(ended.code == 74)
        #expect(ended.complaints == "lovage: standard output cannot be written: No space left on device\n")
    }
}

@Suite(.timeLimit(.minutes(5))) struct `A negative number on the command line` {
    @Test func `is taken after a space`() async throws {
        let ended = try await Program.run(["up", "--slots", "-1"], in: try TestFolder())
        #expect(ended.code == 2)
        #expect(ended.complaints == "lovage: --slots is -1: use 1 to 10000\n")
    }
}
