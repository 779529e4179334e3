import Testing

@testable import LovageCommands

/// What a failure quotes of what its command said.
@Suite struct LastWordsTests {
    private func words(error: String = "", output: String = "", merged: Bool = false, piece: Int = 5) -> String? {
        var words = LastWords()
        for (stream, text) in [(OutputChannel.standardOutput, output), (.standardError, error)] {
            let bytes = Array(text.utf8)
            for start in stride(from: 0, to: bytes.count, by: piece) {
                words.take(OutputChunk(stream: stream, bytes: Array(bytes[start..<min(start + piece, bytes.count)])))
            }
        }
        return words.text(merged: merged)
    }

    @Test(
        arguments: [
            ("", "", nil), ("\n \n\t\n", "\n", nil), ("no such thing\n", "1\n2\n", "no such thing"),
            ("a\nb\n\n  \nc\nd", "", "b | c | d"), ("", "first\nlast\n", "last"), (" \n", "last", "last"),
            ("10 %\r20 %\r30 %\n", "", "30 %"), ("done\r\n", "", "done"), ("a\tb", "", "a b"),
            ("\u{1B}[31;1mred\u{1B}[0m\n", "", "red"), ("\u{1B}]0;title\u{7}text", "", "text"), ("a\0b\u{7}", "", "ab"),
            ("\u{1B}[2K\u{1B}[1G\n", "", nil), ("ab\u{202E}cd", "", "abcd"), ("\u{1B}", "", nil),
            ("\u{1B}[31", "", nil),
        ] as [(String, String, String?)])
    func `the last lines that can be read are quoted, of the errors first`(
        _ error: String, _ output: String, _ expected: String?
    ) {
        for piece in [1, 5, 1000] { #expect(words(error: error, output: output, piece: piece) == expected) }
    }

    @Test func `of merged streams as many lines are quoted as of errors`() {
        #expect(words(output: "a\nb\nc\nd\n", merged: true) == "b | c | d")
    }

    @Test func `what is quoted is bounded, and the last line is what is kept`() throws {
        let long = String(repeating: "ü", count: 1000)
        let quoted = try #require(words(error: "first\n\(long)\nlast\n"))
        #expect(quoted.utf8.count <= LastWords.mostBytes)
        #expect(quoted.hasSuffix("ü… | last"))
        let alone = try #require(words(error: long))
        #expect(alone.utf8.count <= LastWords.mostBytes && alone.hasPrefix("üü") && alone.hasSuffix("ü…"))
    }

    @Test func `a flood costs no memory and leaves its end`() {
        var words = LastWords()
        let chunk = OutputChunk(stream: .standardError, bytes: [UInt8](repeating: 120, count: 64 * 1024))
        for _ in 0..<1000 { words.take(chunk) }
        words.take(OutputChunk(stream: .standardError, bytes: Array("\nwhy\n".utf8)))
        #expect(words.text()?.hasSuffix(" | why") == true)
        #expect(words.isAtLineStart(.standardError))
    }

    @Test func `bytes that are no text do not end it`() {
        var words = LastWords()
        words.take(OutputChunk(stream: .standardError, bytes: [0xFF, 0xFE, 10, 0xC3]))
        #expect(words.text() == "\u{FFFD}\u{FFFD} | \u{FFFD}")
    }

    @Test func `a line of our own begins a line`() {
        let heard = HeardWords()
        #expect(heard.note("x", on: .standardError).bytes == Array("[lovage: x]\n".utf8))
        heard.take(OutputChunk(stream: .standardError, bytes: Array("half".utf8)))
        #expect(heard.note("x", on: .standardError).bytes == Array("\n[lovage: x]\n".utf8))
    }
}
