#if Commands
import Testing

@testable import LovageDefinitions

/// A problem is where an editor shows it, whatever ends the lines and however many bytes a character has.
@Suite struct PlaceTests {
    @Test(arguments: ["\n", "\r\n", "\r"]) func `a tab is found in its line`(lineEnd: String) throws {
        let problem = try #require(
            problems(of: ["command: a", "run: [a]", "parameters:", "\tb: {}"].joined(separator: lineEnd)).first)
        #expect(problem.message == "YAML does not take tabs for indentation: use spaces")
        #expect(problem.line == 4)
    }

    @Test(arguments: ["\n", "\r\n"]) func `one alias too many is found in its line`(lineEnd: String) throws {
        let uses = (1...17).map { "- [é, *a] # \($0)" }
        let problem = try #require(problems(of: (["- &a 1"] + uses).joined(separator: lineEnd)).first)
        #expect(problem.message.contains("more than 16 aliases"))
        #expect((problem.line, problem.column) == (18, 7))
    }

    @Test(arguments: ["\n", "\r\n"]) func `a byte that fits no character is found in its line`(lineEnd: String) throws {
        let bytes = Array("command: ä\(lineEnd)äöü: ".utf8) + [0xFF]
        let problem = try #require(problems(of: bytes).first)
        #expect((problem.line, problem.column) == (2, 6))
    }

    @Test func `a character that YAML does not have is found in its line`() throws {
        let problem = try #require(problems(of: "command: ä\r\näöü: \u{7}").first)
        #expect((problem.line, problem.column) == (2, 6))
    }

    @Test func `what is missing at the end is missing in the last line`() throws {
        let problem = try #require(problems(of: "command: a\nrun: [a").first)
        #expect((problem.line, problem.column) == (2, 8))
    }

    private func problems(of text: String) -> [Problem] { problems(of: Array(text.utf8)) }

    private func problems(of bytes: [UInt8]) -> [Problem] {
        DefinitionLoader { _ in nil }.load([SourceFile(path: "a.yaml", contents: bytes)]).problems
    }
}
#endif
