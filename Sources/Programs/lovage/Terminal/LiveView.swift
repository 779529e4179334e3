/// Draws lines over the ones it drew before.
///
/// It returns what to write and writes nothing itself: the cursor goes up to the first line drawn, every line is
/// replaced and cleared to its end, and what is left of a longer drawing before is cleared below.
struct LiveView: Sendable {
    private var drawn = 0

    /// What to write so that the terminal shows `lines` where the last drawing was.
    ///
    /// Lines wider than `width` would wrap and lines beyond `height` would scroll away from under the cursor, so the
    /// former must have been cut by the caller, and of the latter only the last that fit are drawn.
    mutating func drawing(_ lines: [String], height: Int) -> String {
        let visible = lines.suffix(max(1, height - 1))
        var text = drawn > 0 ? "\u{1B}[\(drawn)A" : ""
        for line in visible { text += "\r" + line + "\u{1B}[K\n" }
        if drawn > visible.count { text += "\u{1B}[J" }
        drawn = visible.count
        return text
    }

    /// Leaves the last drawing where it is; the next one begins below.
    mutating func settle() { drawn = 0 }
}
