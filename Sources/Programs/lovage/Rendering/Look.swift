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
