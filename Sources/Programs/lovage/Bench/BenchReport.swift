import LovageCore

/// One line of the table.
struct BenchFigure: Sendable, Hashable {
    let workload: BenchPlan.Workload
    /// What exactly was done.
    let what: String
    /// How many jobs.
    let jobs: Int
    /// How long it took.
    let spent: Duration
    /// Processor time of the whole process meanwhile.
    let processor: Duration
    /// One duration a sample, sorted; empty where only the rate was measured.
    let samples: [Duration]
    /// Median time of one fsync of 4 KiB in the same folder, right before.
    let fsync: Duration

    /// Jobs a second.
    var rate: Double { seconds(spent) > 0 ? Double(jobs) / seconds(spent) : 0 }
    /// Processor seconds for 1,000 jobs; nil without jobs.
    var processorPerThousand: Double? { jobs > 0 ? seconds(processor) * 1_000 / Double(jobs) : nil }
    /// The share of one core that was used, in per cent.
    var processorShare: Double { seconds(spent) > 0 ? 100 * seconds(processor) / seconds(spent) : 0 }

    /// The sample that this share of all samples does not exceed.
    func quantile(_ share: Double) -> Duration? {
        guard !samples.isEmpty else { return nil }
        return samples[min(samples.count - 1, Int((Double(samples.count) * share).rounded(.down)))]
    }
}

private func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }

/// All figures of one run, and where they were measured.
struct BenchReport: Sendable {
    let store: String
    let cores: Int
    let slots: Int
    let argumentBytes: Int
    let figures: [BenchFigure]

    /// The table and what has to be known to read it.
    func lines(width: Int?, palette: Palette) -> [String] {
        var table = Table([
            .init(title: "load"), .init(title: "what", isFlexible: true), .init(title: "jobs", isNumeric: true),
            .init(title: "time", isNumeric: true), .init(title: "jobs/s", isNumeric: true),
            .init(title: "p50", isNumeric: true), .init(title: "p99", isNumeric: true),
            .init(title: "cpu s/1000", isNumeric: true), .init(title: "fsync", isNumeric: true),
        ])
        for figure in figures { table.add(cells(figure)) }
        return [
            "store \(store), \(cores) cores, \(slots) slots, \(argumentBytes)-byte arguments; every submit waits for "
                + "its own commit"
        ] + table.lines(width: width, palette: palette)
    }

    private func cells(_ figure: BenchFigure) -> [Table.Cell] {
        let isIdle = figure.workload == .w8
        return [
            .init(figure.workload.rawValue, .bold), .init(figure.what), .init(isIdle ? "" : Spans.grouped(figure.jobs)),
            .init(Spans.text(figure.spent)), .init(isIdle ? "" : Spans.grouped(Int(figure.rate))),
            .init(figure.quantile(0.5).map(Spans.text) ?? ""), .init(figure.quantile(0.99).map(Spans.text) ?? ""),
            .init(
                isIdle
                    ? Spans.fixed(figure.processorShare, 2) + " %"
                    : figure.processorPerThousand.map { Spans.fixed($0, 3) } ?? ""),
            .init(Spans.text(figure.fsync)),
        ]
    }

    /// The same as JSON: times in microseconds.
    var json: JSONText {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("store", store)
            writer.member("cores", cores)
            writer.member("slots", slots)
            writer.member("argument_bytes", argumentBytes)
            writer.member(
                "figures",
                array: { writer in
                    for figure in figures { writer.object { Self.write(figure, &$0) } }
                })
        }
        return writer.text
    }

    private static func write(_ figure: BenchFigure, _ writer: inout JSONWriter) {
        writer.member("workload", figure.workload.rawValue)
        writer.member("what", figure.what)
        writer.member("jobs", figure.jobs)
        writer.member("spent_us", figure.spent.wholeMicroseconds)
        writer.member("jobs_per_second", figure.rate)
        writer.member("p50_us", figure.quantile(0.5)?.wholeMicroseconds)
        writer.member("p99_us", figure.quantile(0.99)?.wholeMicroseconds)
        writer.member("cpu_us", figure.processor.wholeMicroseconds)
        writer.member("fsync_us", figure.fsync.wholeMicroseconds)
    }
}
