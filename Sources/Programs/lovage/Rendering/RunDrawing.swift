/// Draws runs; pure, so that golden files hold every line of it. No line is wider than the terminal.
enum RunDrawing {
    /// One line a step between a title and a total; `height` bounds them, nil for all steps.
    static func lines(_ run: RunPicture, width: Int?, height: Int? = nil, palette: Palette) -> [String] {
        let layout = Layout(run.steps.map(\.name), width: width)
        // The title, the total and the line of the cursor.
        let shown = shown(run.steps, room: height.map { max(1, $0 - 3) })
        let hidden = run.steps.count - shown.count
        let more = hidden == 0 ? [] : [Piece.line([.init("  … \(hidden) more steps", .dim)], width, palette)]
        return [title(run.name, run.version, run.id, width: width, palette: palette)]
            + shown.map { step($0, layout, width, palette) } + more + [total(run, width, palette)]
    }

    /// The name of a run, its version and its id, of which the end stays where there is no room for all.
    static func title(_ name: String, _ version: Int, _ id: String, width: Int?, palette: Palette) -> String {
        let name = Harmless.line(name)
        let isWhole = width.map { DisplayWidth.of("\(name) v\(version)  \(id)") <= $0 } ?? true
        let rest = " v\(version)  \(isWhole ? id : TableFit.short(id))"
        let room = width.map { max(1, $0 - DisplayWidth.of(rest)) } ?? .max
        return Piece.line([.init(DisplayWidth.truncated(name, to: room), .bold), .init(rest, .dim)], width, palette)
    }

    /// Which columns there is room for.
    private struct Layout {
        let name: Int
        let hasBar: Bool
        /// State, count and time with the gaps around them.
        private static let fixed = 2 + 2 + 11 + 2 + Layout.count + 2 + 12
        static let count = 11
        static let bar = 14
        private static let longestName = 28
        /// The bar goes before names are cut shorter than this.
        private static let comfortableName = 16

        init(_ names: [String], width: Int?) {
            let wanted = min(
                max(4, names.map { DisplayWidth.of(Harmless.line($0)) }.max() ?? 0), Self.longestName)
            guard let width else {
                (name, hasBar) = (wanted, true)
                return
            }
            hasBar = Self.fixed + Self.bar + 1 + min(wanted, Self.comfortableName) <= width
            name = max(4, min(wanted, width - Self.fixed - (hasBar ? Self.bar + 1 : 0)))
        }
    }

    private static func step(_ step: RunPicture.Step, _ layout: Layout, _ width: Int?, _ palette: Palette) -> String {
        let look = Look.of(step.state)
        let name = DisplayWidth.truncated(Harmless.line(step.name), to: layout.name)
        var pieces: [Piece] = [
            .init(look.mark, look.style), .init(" " + DisplayWidth.padded(name, to: layout.name) + "  "),
            .init(DisplayWidth.padded(step.state, to: 11), look.style),
            .init("  " + progress(step, layout) + "  ", look.style == .plain ? .dim : look.style),
            .init(DisplayWidth.padded(step.spent.map(Spans.text) ?? "", to: 12, onTheLeft: true)),
        ]
        let notes = notes(step)
        let used = pieces.reduce(0) { $0 + DisplayWidth.of($1.text) }
        if !notes.isEmpty, (width ?? .max) - used > 6 { pieces.append(.init("  " + notes, .dim)) }
        return Piece.line(pieces, width, palette)
    }

    /// The bar and its count, or as many spaces, so that what follows is aligned.
    private static func progress(_ step: RunPicture.Step, _ layout: Layout) -> String {
        let bar = layout.hasBar ? Layout.bar + 1 : 0
        guard step.members > 0 else { return String(repeating: " ", count: bar + Layout.count) }
        let count = DisplayWidth.padded("\(step.done)/\(step.members)", to: Layout.count, onTheLeft: true)
        guard layout.hasBar else { return count }
        return Spans.bar(done: step.done, total: step.members, columns: Layout.bar) + " " + count
    }

    private static func notes(_ step: RunPicture.Step) -> String {
        var notes: [String] = []
        if step.running > 0 { notes.append("\(step.running) running") }
        if step.failed > 0 { notes.append("\(step.failed) failed") }
        if let attempts = step.attempts, attempts > step.members { notes.append("\(attempts) attempts") }
        if let reason = step.reason, !reason.isEmpty { notes.append(Harmless.line(reason)) }
        return notes.joined(separator: ", ")
    }

    private static func total(_ run: RunPicture, _ width: Int?, _ palette: Palette) -> String {
        let look = Look.of(run.state)
        let ended = run.steps.count { $0.state != "waiting" && $0.state != "running" }
        let reason = run.reason.map { ": " + Harmless.line($0) } ?? ""
        return Piece.line(
            [
                .init("\(look.mark) \(run.state)", look.style),
                .init("\(reason)  \(ended) of \(run.steps.count) steps, \(Spans.text(run.spent))"),
            ], width, palette)
    }

    /// As many steps as there is room for, in their order: those that run or failed first, then what is next, then what
    /// ended last.
    private static func shown(_ steps: [RunPicture.Step], room: Int?) -> [RunPicture.Step] {
        guard let room, steps.count > room else { return steps }
        func rank(_ index: Int) -> (Int, Int) {
            switch steps[index].state {
            case "running": (0, index)
            case "failed", "expired": (1, index)
            case "waiting": (2, index)
            default: (3, -index)
            }
        }
        // One line says how many are left out.
        return steps.indices.sorted { rank($0) < rank($1) }.prefix(max(1, room - 1)).sorted().map { steps[$0] }
    }
}
