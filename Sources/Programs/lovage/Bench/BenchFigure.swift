import LovageCore

/// One measurement of one part.
struct BenchFigure: Sendable, Hashable {
    /// How many jobs.
    let jobs: Int
    /// How long it took.
    let spent: Duration
    /// Processor time of the whole process meanwhile: submitters, store and worker.
    let processor: Duration
    /// Of the samples, where there were any.
    let p50: Duration?
    let p99: Duration?
    /// Memory of the process at the end, in bytes.
    let memory: Int?
    /// The machine right before.
    let calibration: BenchCalibration

    /// Jobs a second; nil without jobs.
    var rate: Double? { jobs > 0 ? Double(jobs) / (spent / .seconds(1)) : nil }
    /// Processor seconds for 1,000 jobs; nil without jobs.
    var processorPerThousand: Double? { jobs > 0 ? (processor / .seconds(1)) * 1_000 / Double(jobs) : nil }
    /// The share of one core that was used, in per cent.
    var processorShare: Double { 100 * (processor / spent) }
}

/// All measurements of one part, and what stands in the middle of them.
struct BenchLine: Sendable, Hashable {
    let part: BenchPlan.Part
    var figures: [BenchFigure] = []

    var rate: Double? { middle(figures.compactMap(\.rate)) }
    var p50: Duration? { figures.contains { $0.p50 == nil } ? nil : BenchMeters.median(figures.compactMap(\.p50)) }
    var p99: Duration? { figures.contains { $0.p99 == nil } ? nil : BenchMeters.median(figures.compactMap(\.p99)) }
    var processorPerThousand: Double? { middle(figures.compactMap(\.processorPerThousand)) }
    var processorShare: Double? { middle(figures.map(\.processorShare)) }
    var memory: Int? { middle(figures.compactMap(\.memory).map(Double.init)).map { Int($0) } }
    var jobs: Int { middle(figures.map { Double($0.jobs) }).map { Int($0) } ?? 0 }
    var calibration: BenchCalibration { .median(of: figures.map(\.calibration)) }

    private func middle(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.sorted()[values.count / 2]
    }
}
