import LovageAPI

/// What a server finds wrong with a bulk, in the numbers of the lines it was made of.
struct LineFaults: Sendable, Hashable {
    /// Where the first job at fault stands in the bulk; nil when the fault is of the whole.
    let first: Int?
    /// Every problem, a line each.
    let text: String
    private static let most = 20

    /// Reads `jobs[3]` and `jobs[3].queue` as the lines they stand for.
    init(_ problem: ProblemView, lines: [Int]) {
        let pattern = /jobs\[(\d+)\]/
        let all = problem.problems.isEmpty ? [problem.message] : problem.problems
        let indices = (all + [problem.field ?? ""]).flatMap { $0.matches(of: pattern).compactMap { Int($0.1) } }
        first = indices.filter { lines.indices.contains($0) }.min()
        let texts = all.prefix(Self.most).map { text in
            text.replacing(pattern) { match in
                Int(match.1).flatMap { lines.indices.contains($0) ? "line \(lines[$0])" : nil } ?? String(match.0)
            }
        }
        let more = all.count > Self.most ? ["and \(all.count - Self.most) more"] : []
        self.text = (texts + more).joined(separator: "; ")
    }
}
