/// Job data as it may be written to a terminal.
///
/// Arguments, results, messages and log lines come from anywhere. Written as they are, an escape sequence in them could
/// set the window's title, rewrite what is above, or answer as if typed; a bidirectional override could show a path
/// backwards. So what a terminal would obey is shown as text instead.
enum Harmless {
    /// One line: line breaks and tabs are shown as `\n` and `\t` too.
    static func line(_ text: some StringProtocol) -> String { cleaned(String(text), keeping: []) }

    /// Several lines: line breaks and tabs stay.
    static func lines(_ text: some StringProtocol) -> String { cleaned(String(text), keeping: ["\n", "\t"]) }

    /// What a program's own output may hold on a terminal: escape sequences of its own styles stay. What else a terminal
    /// would obey can only stand in a text inside JSON, and is written there as JSON escapes it, `\u202e`.
    static func output(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isForeign) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            guard isForeign(scalar) else {
                result.append(scalar)
                continue
            }
            let digits = String(scalar.value, radix: 16)
            let zeros = String(repeating: "0", count: max(0, 4 - digits.utf8.count))
            result.append(contentsOf: "\\u\(zeros)\(digits)".unicodeScalars)
        }
        return String(result)
    }

    /// Obeyed, and never written by the program itself.
    private static func isForeign(_ scalar: Unicode.Scalar) -> Bool { scalar.value > 0x1F && isObeyed(scalar) }

    private static func cleaned(_ text: String, keeping kept: Set<Unicode.Scalar>) -> String {
        guard text.unicodeScalars.contains(where: { isObeyed($0) && !kept.contains($0) }) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isObeyed(scalar), !kept.contains(scalar) {
                result.append(contentsOf: shown(scalar).unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: true
        // Line and paragraph separators, directional marks, embeddings, overrides and isolates.
        case 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private static func shown(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        case "\u{1B}": "\\e"
        default: "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
        }
    }
}
