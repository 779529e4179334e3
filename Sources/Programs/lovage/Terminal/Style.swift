/// How a piece of text is emphasised; the meaning is always in the words too, so that nothing is lost without colour.
enum Style: String, Sendable, Hashable {
    case plain = ""
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case blue = "34"
    case cyan = "36"
}

/// Puts styles on text, or leaves it alone.
struct Palette: Sendable, Hashable {
    /// False off a terminal and where `NO_COLOR` is set (no-color.org).
    let isColored: Bool

    /// Plain text.
    static let plain = Palette(isColored: false)

    /// `text` in this style.
    func callAsFunction(_ text: String, _ style: Style) -> String {
        isColored && style != .plain && !text.isEmpty ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }
}
