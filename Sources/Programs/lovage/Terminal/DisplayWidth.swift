/// How many columns of a terminal a text takes.
///
/// Terminals draw most East Asian characters and emoji two columns wide and combining marks on the character before
/// them. A table that counted characters instead would lose its alignment with the first Japanese file name.
enum DisplayWidth {
    /// The columns of a text that has no control characters.
    static func of(_ text: some StringProtocol) -> Int {
        text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.reduce(0) { $0 + of($1) }
    }

    /// The columns of one character as people see it.
    static func of(_ character: Character) -> Int {
        let scalars = character.unicodeScalars
        // A variation selector 16 asks for the picture, which is wide, of a sign that is narrow as text.
        if scalars.count > 1, scalars.contains(where: { $0.value == 0xFE0F }) { return 2 }
        return scalars.map(of).max() ?? 0
    }

    /// The longest beginning of `text` that fits into `columns`, with an ellipsis where something was cut.
    static func truncated(_ text: String, to columns: Int) -> String {
        of(text) <= columns ? text : cut(text, to: columns)
    }

    /// The same for a text after which something more was cut: with an ellipsis in any case.
    static func cut(_ text: String, to columns: Int) -> String {
        guard columns > 0 else { return "" }
        var kept = ""
        var used = 0
        for character in text {
            let width = of(character)
            if used + width > columns - 1 { break }
            kept.append(character)
            used += width
        }
        return kept + "…"
    }

    /// `text` with spaces on its right, or its left, up to `columns`.
    static func padded(_ text: String, to columns: Int, onTheLeft: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, columns - of(text)))
        return onTheLeft ? space + text : text + space
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        if scalar.properties.isEmojiPresentation { return 2 }
        return wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }

    /// Unicode's East Asian Width "W" and "F", in blocks: unassigned code points in between do not matter.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
        0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
    ]
}
