/// A run as lines that are only ever appended: what `--watch` writes where nothing can be drawn over.
struct RunLog: Sendable {
    private var last: RunPicture?
    /// A step of many jobs is told of every tenth of them.
    private static let tenths = 10

    /// The lines that say what is new since the last call.
    mutating func lines(_ run: RunPicture) -> [String] {
        defer { last = run }
        var lines: [String] = []
        if last == nil { lines.append("workflow \(Harmless.line(run.name)) v\(run.version) \(run.id)") }
        let before = Dictionary((last?.steps ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for step in run.steps {
            if let line = line(step, before: before[step.name]) { lines.append(line) }
        }
        if run.isOver, last?.isOver != true {
            lines.append("workflow \(run.state) after \(Spans.text(run.spent))\(suffix(run.reason))")
        }
        return lines
    }

    private func line(_ step: RunPicture.Step, before: RunPicture.Step?) -> String? {
        let name = Harmless.line(step.name)
        if step.state == (before?.state ?? "waiting") {
            guard step.state == "running", step.members > 1, tenth(step) > tenth(before) else { return nil }
            return "step \(name) running \(step.done)/\(step.members)"
        }
        let count = step.members > 1 ? " \(step.done)/\(step.members)" : ""
        let spent = step.state == "running" ? "" : step.spent.map { " in \(Spans.text($0))" } ?? ""
        return "step \(name) \(step.state)\(count)\(spent)\(suffix(step.reason))"
    }

    private func tenth(_ step: RunPicture.Step?) -> Int {
        guard let step, step.members > 0 else { return 0 }
        return step.done * Self.tenths / step.members
    }

    private func suffix(_ reason: String?) -> String {
        guard let reason, !reason.isEmpty else { return "" }
        return ": " + Harmless.line(reason)
    }
}
