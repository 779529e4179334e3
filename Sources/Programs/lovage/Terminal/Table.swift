/// Rows in aligned columns.
///
/// On a terminal it is made to fit, and never wraps: ids shrink to their last characters, flexible columns give up
/// space, the longest first, and then whole columns go, the empty ones and the least important first. Off a terminal
/// nothing is ever cut, so that a script that reads it gets every character.
struct Table: Sendable {
    /// One column.
    struct Column: Sendable {
        let title: String
        var isNumeric = false
        /// True when its text may be cut on a narrow terminal.
        var isFlexible = false
        /// True when it holds ids, whose last characters tell one from another.
        var isID = false
        /// How long it stays on a narrow terminal: of two columns the one of lower importance goes first.
        var importance = 1
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

    init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row; missing cells are empty.
    mutating func add(_ cells: [Cell]) {
        rows.append(cells + Array(repeating: "", count: max(0, columns.count - cells.count)))
    }

    /// The lines of the table, its titles first; `width` is the terminal's, nil off one.
    func lines(width: Int?, palette: Palette) -> [String] {
        let fit = TableFit(widths: naturalWidths, hasText: hasText, columns: columns, width: width)
        let titles = line(columns.map { Cell($0.title.uppercased(), .bold) }, fit, palette)
        return [titles] + rows.map { line($0, fit, palette) }
    }

    /// The titles of the columns for which a terminal of this width has no room.
    func missing(width: Int?) -> [String] {
        let fit = TableFit(widths: naturalWidths, hasText: hasText, columns: columns, width: width)
        return columns.indices.filter { !fit.kept.contains($0) }.map { columns[$0].title }
    }

    private func line(_ cells: [Cell], _ fit: TableFit, _ palette: Palette) -> String {
        var line = ""
        for index in fit.kept {
            let text = fit.text(cells[index].text, index)
            let styled = palette(text, cells[index].style)
            let space = String(repeating: " ", count: max(0, fit.widths[index] - DisplayWidth.of(text)))
            if index != fit.kept.first { line += "  " }
            line += columns[index].isNumeric ? space + styled : styled + (index == fit.kept.last ? "" : space)
        }
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }

    private var naturalWidths: [Int] {
        columns.indices.map { index in
            ([columns[index].title] + rows.map { $0[index].text }).map(DisplayWidth.of).max() ?? 0
        }
    }

    private var hasText: [Bool] { columns.indices.map { index in rows.contains { !$0[index].text.isEmpty } } }
}
