/// What is measured, for how long and how often.
struct BenchPlan: Sendable, Hashable {
    /// The workloads, by the names every comparison uses.
    enum Workload: String, Sendable, Hashable, CaseIterable {
        case w1 = "W1"
        case w2 = "W2"
        case w3 = "W3"
        case w4 = "W4"
        case w5 = "W5"
        case w6 = "W6"
        case w7 = "W7"
        case w8 = "W8"
    }

    /// What gives one figure.
    enum Part: Sendable, Hashable {
        case idle
        case submit(clients: Int)
        case submitBulk(Int)
        /// Drains, with this many more waiting behind.
        case drain(backlog: Int)
        case produceAndWork
        case start
        case result
        /// Runs what is due, with this many more not due for hours.
        case due(backlog: Int)
        case chain
        case fanOut
    }

    var workloads: [Workload]
    /// How many times each part is measured, in turn with the others.
    var rounds: Int
    /// How long each timed part runs.
    var span: Duration
    /// How many jobs W3 drains.
    var waiting: Int
    /// How many more jobs lie in the store in the second parts of W3 and W6.
    var backlog: Int
    /// How many jobs the worker runs at once.
    var slots: Int
    /// W6: this many jobs are due, evenly over this time.
    var dueJobs = 2_000
    var dueSpan = Duration.seconds(5)

    /// The parts in the order they are measured. Idleness comes first: later the process holds what other parts left.
    var parts: [Part] {
        (workloads.contains(.w8) ? [.idle] : []) + workloads.filter { $0 != .w8 }.flatMap(parts(of:))
    }

    private func parts(of workload: Workload) -> [Part] {
        let backlogs = backlog > 0 ? [0, backlog] : [0]
        switch workload {
        case .w1: return [.submit(clients: 1), .submit(clients: 16), .submit(clients: 64)]
        case .w2: return [.submitBulk(100), .submitBulk(1_000)]
        case .w3: return backlogs.map { .drain(backlog: $0) }
        case .w4: return [.produceAndWork]
        case .w5: return [.start, .result]
        case .w6: return backlogs.map { .due(backlog: $0) }
        case .w7: return [.chain, .fanOut]
        case .w8: return [.idle]
        }
    }

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
        if chosen.isEmpty { throw .usage("--workloads is empty: use for example W1,W5") }
        return chosen
    }
}

extension BenchPlan.Part {
    /// The workload it belongs to.
    var workload: BenchPlan.Workload {
        switch self {
        case .submit: .w1
        case .submitBulk: .w2
        case .drain: .w3
        case .produceAndWork: .w4
        case .start, .result: .w5
        case .due: .w6
        case .chain, .fanOut: .w7
        case .idle: .w8
        }
    }

    /// A name for programs that read the figures; it never changes its meaning.
    var key: String {
        switch self {
        case .idle: "idle"
        case .submit(let clients): "submit_\(clients)"
        case .submitBulk(let size): "bulk_\(size)"
        case .drain(let backlog): backlog == 0 ? "drain" : "drain_backlog"
        case .produceAndWork: "produce_and_work"
        case .start: "start"
        case .result: "result"
        case .due(let backlog): backlog == 0 ? "due" : "due_backlog"
        case .chain: "chain"
        case .fanOut: "fan_out"
        }
    }

    /// The same for people; what p50 and p99 are of, where it is not plain.
    var title: String {
        switch self {
        case .idle: "idle worker: share of a core, memory"
        case .submit(let clients): clients == 1 ? "1 submitter" : "\(clients) submitters at once"
        case .submitBulk(let size): "submit in bulks of \(Spans.grouped(size))"
        case .drain(let backlog): "drain" + (backlog == 0 ? "" : ", \(Spans.grouped(backlog)) more waiting")
        case .produceAndWork: "1 submitter and the worker together"
        case .start: "idle worker: submit → handler starts"
        case .result: "idle worker: submit → result in hand"
        case .due(let backlog): "due time → start" + (backlog == 0 ? "" : ", \(Spans.grouped(backlog)) more delayed")
        case .chain: "chain of 100: a step"
        case .fanOut: "fan-out of 1,000 and its callback: all"
        }
    }

    /// True when what lies in its store took long to make and serves every round.
    var keepsStore: Bool {
        switch self {
        case .drain(let backlog), .due(let backlog): backlog > 0
        case .idle, .submit, .submitBulk, .produceAndWork, .start, .result, .chain, .fanOut: false
        }
    }
}
