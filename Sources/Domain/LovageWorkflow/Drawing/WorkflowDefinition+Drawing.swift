import LovageCore

// The graph as text, in the manner of `git log --graph`: one line a step, each after what it needs.
//
// Every step that something below still needs keeps a rail, one column of the drawing, from its own line down to the
// last line that needs it. A step sits on the rail of the need that ends with it, so that a chain is a straight line;
// its other needs are tied to it from the side. The column of a dot that nothing needs is not taken on the next line:
// two dots below each other mean that the lower one needs the upper one.

extension WorkflowDefinition {
    /// A drawing at most `width` characters wide where the names leave room for that; without rails when there are too
    /// many of them.
    public func drawing(width: Int) -> String {
        let graph = StepGraph(steps)
        let (order, onCycle) = graph.ordered()
        var rails = Rails(graph: graph)
        let rows = (order + onCycle).map { (position: $0, rail: rails.row(for: $0)) }
        let railWidth = rows.map(\.rail.count).max() ?? 0
        let nameWidth = steps.map(\.name.count).max() ?? 0
        let kindWidth = steps.map(\.kind.text.count).max() ?? 0
        let hasRails = railWidth <= max(20, width / 2)
        var lines = ["\(name.text): \(steps.count) \(steps.count == 1 ? "step" : "steps")"]
        for row in rows {
            let step = steps[row.position]
            let prefix = hasRails ? row.rail.padded(to: railWidth) + "  " : ""
            var notes = step.notes
            if !hasRails, !step.needs.isEmpty { notes.insert("needs \(step.needs.joined(separator: ", "))", at: 0) }
            let text =
                prefix + step.name.padded(to: nameWidth) + "  "
                + (notes.isEmpty
                    ? step.kind.text : step.kind.text.padded(to: kindWidth) + "  " + notes.joined(separator: ", "))
            lines.append(text.cut(to: max(width, prefix.count + nameWidth)))
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// The open rails while a drawing goes down.
private struct Rails {
    let graph: StepGraph
    /// The step that each column belongs to.
    private var columns: [Int?] = []
    /// For each step how many lines below still need it.
    private var open: [Int]
    /// The column of the dot on the line above, if nothing needs that step.
    private var endedDot: Int?

    init(graph: StepGraph) {
        self.graph = graph
        open = graph.dependents.map(\.count)
    }

    /// The part of the line before the name.
    mutating func row(for position: Int) -> String {
        let needs = Set(graph.needs[position])
        let tied = columns.indices.filter { columns[$0].map(needs.contains) ?? false }
        for column in tied { if let need = columns[column] { open[need] -= 1 } }
        let ending = tied.filter { columns[$0].map { open[$0] == 0 } ?? false }
        let own = ending.first ?? freeColumn()
        let line = draw(own: own, tied: tied, ending: Set(ending))
        for column in ending { columns[column] = nil }
        columns[own] = open[position] == 0 ? nil : position
        endedDot = open[position] == 0 ? own : nil
        while let last = columns.indices.last, columns[last] == nil, last != endedDot { columns.removeLast() }
        return line
    }

    private mutating func freeColumn() -> Int {
        if let free = columns.indices.first(where: { columns[$0] == nil && $0 != endedDot }) { return free }
        columns.append(nil)
        return columns.count - 1
    }

    private func draw(own: Int, tied: [Int], ending: Set<Int>) -> String {
        let left = min(own, tied.first ?? own)
        let right = max(own, tied.last ?? own)
        var line = ""
        for column in columns.indices {
            switch (column, columns[column]) {
            case (own, _): line += "●"
            case (_, _?) where tied.contains(column):
                let isEnding = ending.contains(column)
                line +=
                    column == left
                    ? (isEnding ? "└" : "├") : column == right ? (isEnding ? "┘" : "┤") : (isEnding ? "┴" : "┼")
            case (_, _?): line += "│"
            case (_, nil): line += left < column && column < right ? "─" : " "
            }
            line += left <= column && column < right ? "─" : " "
        }
        return line.trimmedEnd
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    fileprivate func cut(to width: Int) -> String {
        let text = trimmedEnd
        return text.count <= width ? text : String(text.prefix(max(0, width - 1))) + "…"
    }

    fileprivate var trimmedEnd: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
