/// Which columns of a table a terminal has room for, and how wide each of them is.
struct TableFit: Sendable, Hashable {
    /// The columns that are drawn, in their order.
    private(set) var kept: [Int]
    /// The width of each column, drawn or not.
    private(set) var widths: [Int]
    /// The columns of which only the ends of ids are drawn.
    private let shortened: Set<Int>

    /// The narrowest a flexible column gets before whole columns go.
    private static let narrowest = 12
    /// How narrow flexible columns get to leave room for whole ids.
    private static let comfortable = 20
    /// How much of an id is drawn where there is no room for all of it: what the server takes for the whole.
    static let shortID = 8
    private static let gap = 2

    /// Fits columns of these natural widths into `width`, nil for as much as they want.
    init(widths natural: [Int], hasText: [Bool], columns: [Table.Column], width: Int?) {
        kept = Array(columns.indices)
        widths = natural
        guard let width else {
            shortened = []
            return
        }
        let flexible = Set(columns.indices.filter { columns[$0].isFlexible })
        func total(_ widths: [Int], _ kept: [Int]) -> Int {
            kept.reduce(0) { $0 + widths[$1] } + Self.gap * max(0, kept.count - 1)
        }
        func least(_ floor: Int, _ widths: [Int]) -> [Int] {
            widths.indices.map { flexible.contains($0) ? min(widths[$0], floor) : widths[$0] }
        }
        let ids = Set(columns.indices.filter { columns[$0].isID && natural[$0] > Self.shortID })
        let isWhole = ids.isEmpty || total(least(Self.comfortable, natural), kept) <= width
        shortened = isWhole ? [] : ids
        if !isWhole { for index in ids { widths[index] = max(Self.shortID, columns[index].title.count) } }
        while kept.count > 1, total(least(Self.narrowest, widths), kept) > width,
            let next = kept.indices.min(by: { first, second in
                let (first, second) = (kept[first], kept[second])
                if hasText[first] != hasText[second] { return !hasText[first] }
                if columns[first].importance != columns[second].importance {
                    return columns[first].importance < columns[second].importance
                }
                return first > second
            })
        {
            kept.remove(at: next)
        }
        // What still is too much: the longest flexible column gives first; the last one left gives whatever it is.
        var excess = total(widths, kept) - width
        while excess > 0, let longest = kept.filter({ flexible.contains($0) }).max(by: { widths[$0] < widths[$1] }),
            widths[longest] > Self.narrowest
        {
            widths[longest] -= 1
            excess -= 1
        }
        if excess > 0, kept.count == 1 { widths[kept[0]] = max(1, width) }
    }

    /// What is drawn of a cell.
    func text(_ text: String, _ column: Int) -> String {
        DisplayWidth.truncated(shortened.contains(column) ? Self.short(text) : text, to: widths[column])
    }

    /// The end of an id, by which it is told from others; other texts as they are.
    static func short(_ id: String) -> String { id.utf8.count == 36 ? String(id.suffix(shortID)) : id }
}
