/// Draws lines over the ones it drew before.
///
/// It returns what to write and writes nothing itself: the cursor goes up to the first line drawn, every line is
/// cleared and replaced, and what is left of a longer drawing before is cleared below.
struct LiveView: Sendable {
    /// The width of each line of the last drawing.
    private var drawn: [Int] = []

    /// What to write so that a terminal of this size shows `lines` where the last drawing was.
    ///
    /// Lines wider than `width` would wrap and lines beyond `height` would scroll away from under the cursor, so the
    /// former must have been cut by the caller, and of the latter only the last that fit are drawn. A terminal that was
    /// made narrower since has wrapped the lines of the last drawing: they take more rows now.
    mutating func drawing(_ lines: [String], width: Int?, height: Int) -> String {
        let visible = lines.suffix(max(1, height - 1))
        let rows = min(height - 1, drawn.reduce(0) { $0 + Self.rows($1, width) })
        var text = rows > 0 ? "\u{1B}[\(rows)A" : ""
        // Cleared before it is written: after a line as wide as the terminal the cursor still stands on its last column.
        for line in visible { text += "\r\u{1B}[K" + line + "\n" }
        if rows > visible.count { text += "\u{1B}[J" }
        drawn = visible.map { DisplayWidth.of(Self.unstyled($0)) }
        return text
    }

    /// Leaves the last drawing where it is; the next one begins below.
    mutating func settle() { drawn = [] }

    private static func rows(_ columns: Int, _ width: Int?) -> Int {
        guard let width, width > 0 else { return 1 }
        return max(1, (columns + width - 1) / width)
    }

    /// Without the styles of our own palette, which take no columns.
    private static func unstyled(_ line: String) -> String { line.replacing(/\u{1B}\[[0-9;]*m/, with: "") }
}
