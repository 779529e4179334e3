/// Which workloads are measured and for how long.
struct BenchPlan: Sendable, Hashable {
    /// The workloads, by the names every comparison uses.
    enum Workload: String, Sendable, Hashable, CaseIterable {
        case w1 = "W1"
        case w2 = "W2"
        case w3 = "W3"
        case w4 = "W4"
        case w5 = "W5"
        case w7 = "W7"
        case w8 = "W8"

        /// What it measures, in a few words.
        var title: String {
            switch self {
            case .w1: "submit one at a time"
            case .w2: "submit in bulk"
            case .w3: "drain what waits"
            case .w4: "producer and worker together"
            case .w5: "idle worker, one at a time"
            case .w7: "chain of 100, fan-out of 1,000"
            case .w8: "idle cost"
            }
        }
    }

    var workloads: [Workload]
    /// How long each timed part runs.
    var span: Duration
    /// How many jobs W3 drains.
    var waiting: Int
    /// How many jobs the worker runs at once.
    var slots: Int

    /// Reads `W1,W3`; throws what to write instead.
    static func workloads(_ text: String) throws(CommandFailure) -> [Workload] {
        var chosen: [Workload] = []
        for name in text.split(separator: ",") {
            guard let workload = Workload(rawValue: name.uppercased()) else {
                let names = Workload.allCases.map(\.rawValue).joined(separator: ", ")
                throw .usage("--workloads names '\(name)': use \(names), separated by commas")
            }
            if !chosen.contains(workload) { chosen.append(workload) }
        }
        return chosen
    }
}
