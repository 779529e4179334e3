import LovageCore
import Testing

@testable import lovage

@Suite struct `Text on a terminal` {
    @Test(arguments: [("abc", 3), ("日本", 4), ("e\u{301}", 1), ("👩‍👩‍👧", 2), ("❤️", 2), ("한글", 4), ("", 0)])
    func `takes as many columns as a terminal draws`(text: String, columns: Int) {
        #expect(DisplayWidth.of(text) == columns)
    }

    @Test func `is cut between characters, never inside one`() {
        #expect(DisplayWidth.truncated("日本語です", to: 6) == "日本…")
        #expect(DisplayWidth.truncated("日本語です", to: 5) == "日本…")
        #expect(DisplayWidth.truncated("e\u{301}e\u{301}e\u{301}", to: 2) == "e\u{301}…")
        #expect(DisplayWidth.truncated("abc", to: 3) == "abc")
        #expect(DisplayWidth.truncated("abc", to: 0) == "")
    }

    @Test func `shows what a terminal would obey instead of sending it`() {
        #expect(Harmless.line("a\u{1B}]0;owned\u{07}b\nc\u{9B}2J") == "a\\e]0;owned\\u{7}b\\nc\\u{9B}2J")
        #expect(Harmless.line("safe\u{202E}gpj.exe") == "safe\\u{202E}gpj.exe")
        #expect(Harmless.lines("one\n\ttwo\u{1B}[31m") == "one\n\ttwo\\e[31m")
        #expect(Harmless.line("日本 ❤️ é") == "日本 ❤️ é")
    }

    @Test func `holds JSON with what a terminal would obey escaped, so that it stays the same JSON`() throws {
        let text = "{\"a\":\"\u{9B}31m \u{202E}x\u{7F} é 日\"}"
        let shown = Harmless.output(text)
        #expect(shown == #"{"a":"\u009b31m \u202ex\u007f é 日"}"#)
        #expect(try JSONText(validating: shown).value() == JSONText(validating: text).value())
        #expect(Harmless.output("\u{1B}[32mours\u{1B}[0m\n") == "\u{1B}[32mours\u{1B}[0m\n")
    }

    @Test func `has styles only where colour is wanted`() {
        #expect(Palette(isColored: true)("ok", .green) == "\u{1B}[32mok\u{1B}[0m")
        #expect(Palette.plain("ok", .green) == "ok")
    }

    @Test(arguments: [
        (Duration.microseconds(840), "840 µs"), (.milliseconds(12), "12 ms"), (.milliseconds(12_340), "12.3 s"),
        (.milliseconds(59_970), "1 min 00 s"), (.seconds(245), "4 min 05 s"), (.seconds(12_000), "3 h 20 min"),
        (.seconds(187_200), "2 d 4 h"),
    ])
    func `says how long something took in at most two units`(duration: Duration, text: String) {
        #expect(Spans.text(duration) == text)
    }

    @Test func `draws bars that are full only when all is done`() {
        #expect(Spans.bar(done: 999, total: 1_000, columns: 10) == "█████████░")
        #expect(Spans.bar(done: 1_000, total: 1_000, columns: 10) == "██████████")
        #expect(Spans.bar(done: 0, total: 0, columns: 4) == "░░░░")
    }

    @Test func `groups and rounds numbers`() {
        #expect(Spans.grouped(1_234_567) == "1,234,567")
        #expect(Spans.grouped(-999) == "-999")
        #expect(Spans.fixed(0.0456, 2) == "0.05")
        #expect(Spans.fixed(-0.001, 2) == "0.00")
        #expect(Spans.fixed(12, 0) == "12")
    }
}

@Suite struct `A table` {
    private var table: Table {
        var table = Table([
            .init(title: "id"), .init(title: "kind", isFlexible: true), .init(title: "n", isNumeric: true),
        ])
        table.add([.init("1"), .init("日本語の名前をもつ長い仕事"), .init("7", .green)])
        table.add([.init("2"), .init("x\u{1B}[2J"), .init("12345")])
        return table
    }

    @Test func `is aligned, whole and plain off a terminal`() throws {
        try expectGolden(table.lines(width: nil, palette: .plain).joined(separator: "\n") + "\n", "table-plain.txt")
    }

    @Test func `fits a narrow terminal by cutting flexible columns first`() throws {
        let lines = table.lines(width: 24, palette: .plain)
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= 24 }, "\(lines)")
        try expectGolden(lines.joined(separator: "\n") + "\n", "table-narrow.txt")
    }
}

@Suite struct `A live view` {
    @Test func `goes back over what it drew and clears what is left of it`() {
        var view = LiveView()
        #expect(view.drawing(["a", "b"], width: 80, height: 24) == "\r\u{1B}[Ka\n\r\u{1B}[Kb\n")
        #expect(view.drawing(["c"], width: 80, height: 24) == "\u{1B}[2A\r\u{1B}[Kc\n\u{1B}[J")
        view.settle()
        #expect(view.drawing(["d"], width: 80, height: 24) == "\r\u{1B}[Kd\n")
    }

    @Test func `draws no more lines than the terminal keeps in reach`() {
        var view = LiveView()
        #expect(view.drawing(["a", "b", "c"], width: 80, height: 3) == "\r\u{1B}[Kb\n\r\u{1B}[Kc\n")
        #expect(view.drawing(["d"], width: 80, height: 3).hasPrefix("\u{1B}[2A"))
    }
}

@Suite struct `Waiting for a server to come back` {
    @Test func `backs off, says so once, and gives up after half a minute`() {
        var reconnection = Reconnection()
        #expect(reconnection.failed(at: .seconds(10)) == .retry(after: .milliseconds(100), isFirst: true))
        #expect(reconnection.failed(at: .seconds(11)) == .retry(after: .milliseconds(200), isFirst: false))
        for _ in 0..<6 { _ = reconnection.failed(at: .seconds(12)) }
        #expect(reconnection.failed(at: .seconds(39)) == .retry(after: .seconds(2), isFirst: false))
        #expect(reconnection.failed(at: .seconds(40)) == .giveUp)
    }

    @Test func `starts anew once it answered`() {
        var reconnection = Reconnection()
        #expect(reconnection.answered() == false)
        _ = reconnection.failed(at: .zero)
        #expect(reconnection.answered() == true)
        #expect(reconnection.failed(at: .seconds(60)) == .retry(after: .milliseconds(100), isFirst: true))
    }
}
