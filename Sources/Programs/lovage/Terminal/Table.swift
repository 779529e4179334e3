/// Rows in aligned columns.
///
/// On a terminal it is made to fit: the flexible columns give up space, the longest first, and what is cut ends in an
/// ellipsis. Off a terminal nothing is ever cut, so that a script that reads it gets every character.
struct Table: Sendable {
    /// One column.
    struct Column: Sendable {
        let title: String
        var isNumeric = false
        /// True when its text may be cut on a narrow terminal.
        var isFlexible = false
    }

    /// One cell: a text, made harmless, and its style.
    struct Cell: Sendable, ExpressibleByStringInterpolation {
        let text: String
        let style: Style

        init(_ text: some StringProtocol, _ style: Style = .plain) {
            self.text = Harmless.line(text)
            self.style = style
        }

        init(stringLiteral text: String) { self.init(text) }
    }

    let columns: [Column]
    var rows: [[Cell]] = []

    /// The narrowest a flexible column gets.
    private static let narrowest = 8

    init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row; missing cells are empty.
    mutating func add(_ cells: [Cell]) {
        rows.append(cells + Array(repeating: "", count: max(0, columns.count - cells.count)))
    }

    /// The lines of the table, its titles first; `width` is the terminal's, nil off one.
    func lines(width: Int?, palette: Palette) -> [String] {
        let widths = columnWidths(fitting: width)
        let titles = line(columns.map { Cell($0.title.uppercased(), .bold) }, widths, palette)
        return [titles] + rows.map { line($0, widths, palette) }
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ palette: Palette) -> String {
        var line = ""
        for (index, column) in columns.enumerated() {
            let text = DisplayWidth.truncated(cells[index].text, to: widths[index])
            let styled = palette(text, cells[index].style)
            let space = String(repeating: " ", count: max(0, widths[index] - DisplayWidth.of(text)))
            if index > 0 { line += "  " }
            line += column.isNumeric ? space + styled : styled + (index == columns.count - 1 ? "" : space)
        }
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }

    private func columnWidths(fitting width: Int?) -> [Int] {
        var widths = columns.indices.map { index in
            ([columns[index].title] + rows.map { $0[index].text }).map(DisplayWidth.of).max() ?? 0
        }
        guard let width else { return widths }
        var excess = widths.reduce(0, +) + 2 * (columns.count - 1) - width
        let flexible = columns.indices.filter { columns[$0].isFlexible }
        while excess > 0, let longest = flexible.max(by: { widths[$0] < widths[$1] }), widths[longest] > Self.narrowest
        {
            widths[longest] -= 1
            excess -= 1
        }
        return widths
    }
}
