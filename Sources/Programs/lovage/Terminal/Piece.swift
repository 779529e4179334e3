/// A piece of a line in one style.
struct Piece: Sendable, Hashable {
    let text: String
    let style: Style

    init(_ text: String, _ style: Style = .plain) {
        self.text = text
        self.style = style
    }

    /// The pieces as one line, without spaces at its end; cut where the terminal ends, nil for no end.
    static func line(_ pieces: [Piece], _ width: Int?, _ palette: Palette) -> String {
        var room = width ?? .max
        var rest = pieces.reduce(0) { $0 + DisplayWidth.of($1.text) }
        var line = ""
        for piece in pieces {
            let columns = DisplayWidth.of(piece.text)
            rest -= columns
            // The ellipsis of a cut that falls between two pieces belongs to the first.
            let isLast = columns == room && rest > 0
            let text = columns > room || isLast ? DisplayWidth.cut(piece.text, to: room) : piece.text
            line += palette(text, piece.style)
            if columns >= room { break }
            room -= columns
        }
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }
}
