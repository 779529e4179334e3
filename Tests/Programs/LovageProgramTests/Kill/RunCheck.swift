/// What the store says of one run of the workflow `fan` in the end.
struct RecordedRun: Sendable, Hashable {
    let isFinished: Bool
    /// The ids of the jobs of its steps.
    var steps: [String: [String]] = [:]
}

/// Holds runs against what was acknowledged, and the ledger against what they need.
enum RunCheck {
    enum Violation: Sendable, Hashable {
        /// It was acknowledged and the store does not know it, or it never ended.
        case lost(String)
        /// A step does not have the members it has to have: fan-out or fan-in were cut in two, or done twice.
        case wrongMembers(String, step: String, count: Int)
        /// The step behind the members ran before the last of them had ended.
        case gatheredTooEarly(String)
    }

    /// How many members each step of `fan` has.
    static let members = ["spread": 3, "gather": 1]

    static func violations(_ ledger: Ledger, acknowledged: Set<String>, runs: [String: RecordedRun]) -> Set<Violation> {
        var found: Set<Violation> = []
        for id in acknowledged where runs[id]?.isFinished != true { found.insert(.lost(id)) }
        var places: [String: (first: Int, last: Int)] = [:]
        for (place, line) in ledger.lines.enumerated() {
            places[line.job, default: (place, place)].last = place
        }
        for (id, run) in runs {
            for (step, count) in members where run.steps[step]?.count != count {
                found.insert(.wrongMembers(id, step: step, count: run.steps[step]?.count ?? 0))
            }
            let gathered = (run.steps["gather"] ?? []).compactMap { places[$0]?.first }.min()
            let spread = (run.steps["spread"] ?? []).compactMap { places[$0]?.last }.max()
            if let gathered, let spread, gathered < spread { found.insert(.gatheredTooEarly(id)) }
        }
        return found
    }
}
