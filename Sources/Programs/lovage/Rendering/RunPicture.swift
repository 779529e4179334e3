/// A run of a workflow as `workflow run --watch` and `workflow show` draw it.
struct RunPicture: Sendable, Hashable {
    let id: String
    let name: String
    let version: Int
    /// `running`, or how it ended.
    let state: String
    let steps: [Step]
    let spent: Duration
    /// The run's own last words: why it was cancelled, or nil.
    let reason: String?

    /// One step.
    struct Step: Sendable, Hashable {
        let name: String
        /// `waiting`, `running`, or how it ended.
        let state: String
        /// How many jobs it has, 0 until that is known.
        let members: Int
        /// How many of them are over.
        let done: Int
        /// How many of them failed or expired.
        let failed: Int
        /// How many of them run now.
        let running: Int
        /// Attempts its jobs have used altogether; nil where that is not asked for.
        let attempts: Int?
        /// From its first job's start until its end, or until now; nil before it started.
        let spent: Duration?
        let reason: String?
    }

    /// True once it ended.
    var isOver: Bool { state != "running" }
}

/// Draws runs; pure, so that golden files hold every line of it.
enum RunDrawing {
    /// One line a step, and a total.
    static func lines(_ run: RunPicture, width: Int?, palette: Palette) -> [String] {
        let names = run.steps.map { DisplayWidth.of(Harmless.line($0.name)) }.max() ?? 0
        let nameColumns = min(max(4, names), 28)
        let title = "\(palette(Harmless.line(run.name), .bold)) \(palette("v\(run.version)  \(run.id)", .dim))"
        let steps = run.steps.map { step($0, nameColumns: nameColumns, width: width, palette: palette) }
        return [title] + steps + [total(run, palette)]
    }

    private static func step(_ step: RunPicture.Step, nameColumns: Int, width: Int?, palette: Palette) -> String {
        let look = Look.of(step.state)
        let name = DisplayWidth.padded(
            DisplayWidth.truncated(Harmless.line(step.name), to: nameColumns), to: nameColumns)
        var text = "\(palette(look.mark, look.style)) \(name)  "
        var used = 2 + nameColumns + 2
        func add(_ piece: String, _ style: Style = .plain) {
            text += palette(piece, style)
            used += DisplayWidth.of(piece)
        }
        add(DisplayWidth.padded(step.state, to: 11), look.style)
        add("  " + bar(step) + "  ", look.style == .plain ? .dim : look.style)
        add(DisplayWidth.padded(step.spent.map(Spans.text) ?? "", to: 12, onTheLeft: true))
        let notes = notes(step)
        let room = width.map { $0 - used - 2 } ?? .max
        if !notes.isEmpty, room > 4 { add("  " + DisplayWidth.truncated(notes, to: room), .dim) }
        return trimmed(text)
    }

    /// The bar and its count; 26 columns, so that what follows is aligned.
    private static func bar(_ step: RunPicture.Step) -> String {
        guard step.members > 0 else { return String(repeating: " ", count: 26) }
        let count = DisplayWidth.padded("\(step.done)/\(step.members)", to: 11, onTheLeft: true)
        return Spans.bar(done: step.done, total: step.members, columns: 14) + " " + count
    }

    private static func notes(_ step: RunPicture.Step) -> String {
        var notes: [String] = []
        if step.running > 0 { notes.append("\(step.running) running") }
        if step.failed > 0 { notes.append("\(step.failed) failed") }
        if let attempts = step.attempts, attempts > step.members { notes.append("\(attempts) attempts") }
        if let reason = step.reason, !reason.isEmpty { notes.append(Harmless.line(reason)) }
        return notes.joined(separator: ", ")
    }

    private static func total(_ run: RunPicture, _ palette: Palette) -> String {
        let look = Look.of(run.state)
        let ended = run.steps.count { $0.state != "waiting" && $0.state != "running" }
        let reason = run.reason.map { ": " + Harmless.line($0) } ?? ""
        return "\(palette("\(look.mark) \(run.state)", look.style))\(reason)  "
            + "\(ended) of \(run.steps.count) steps, \(Spans.text(run.spent))"
    }

    private static func trimmed(_ text: String) -> String {
        var text = text
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }
}

/// The mark and colour of a state or outcome; the word always stands beside them.
struct Look: Sendable, Hashable {
    let mark: String
    let style: Style

    static func of(_ word: String) -> Look {
        switch word {
        case "succeeded": Look(mark: "✓", style: .green)
        case "failed", "expired": Look(mark: "✗", style: .red)
        case "cancelled": Look(mark: "■", style: .yellow)
        case "skipped", "unreachable": Look(mark: "–", style: .dim)
        case "running": Look(mark: "▶", style: .cyan)
        case "ready": Look(mark: "•", style: .plain)
        case "blocked": Look(mark: "◌", style: .yellow)
        default: Look(mark: "·", style: .dim)
        }
    }
}
