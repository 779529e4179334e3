import LovageCore

/// All figures of one run, and where they were measured.
struct BenchReport: Sendable {
    let store: String
    let cores: Int
    let plan: BenchPlan
    let lines: [BenchLine]

    /// The table and what has to be known to read it.
    func table(width: Int?, palette: Palette) -> [String] {
        var table = Table([
            .init(title: "load", importance: 9), .init(title: "what", isFlexible: true, importance: 8),
            .init(title: "jobs/s", isNumeric: true, importance: 8), .init(title: "p50", isNumeric: true, importance: 7),
            .init(title: "p99", isNumeric: true, importance: 6),
            .init(title: "cpu s/1000", isNumeric: true, importance: 5), .init(title: "fsync", isNumeric: true),
            .init(title: "commit", isNumeric: true), .init(title: "hand-over", isNumeric: true),
            .init(title: "loop", isNumeric: true),
        ])
        for line in lines { table.add(cells(line)) }
        let rounds = plan.rounds == 1 ? "1 round" : "medians of \(plan.rounds) rounds"
        return [
            "store \(store), every answer after its commit is on the disk, \(cores) cores, \(plan.slots) slots, "
                + "\(BenchJob.argumentBytes)-byte arguments, \(rounds)"
        ] + table.lines(width: width, palette: palette)
    }

    private func cells(_ line: BenchLine) -> [Table.Cell] {
        let isIdle = line.part == .idle
        let processor =
            isIdle
            ? line.processorShare.map { Spans.fixed($0, 2) + " %" }
            : line.processorPerThousand.map { Spans.fixed($0, 3) }
        let memory = isIdle ? line.memory.map { "\($0 >> 20) MiB" } : nil
        return [
            .init(line.part.workload.rawValue, .bold), .init(line.part.title),
            .init(line.rate.map { Spans.grouped(Int($0)) } ?? memory ?? ""),
            .init(line.p50.map(Self.text) ?? ""), .init(line.p99.map(Self.text) ?? ""), .init(processor ?? ""),
            .init(Self.text(line.calibration.fsync)), .init(Self.text(line.calibration.commit)),
            .init(Self.text(line.calibration.handOver)), .init(Self.text(line.calibration.loop)),
        ]
    }

    /// Three digits where `Spans.text` would show one: the goals lie between 1 and 10 ms.
    private static func text(_ duration: Duration) -> String {
        let milliseconds = duration / .milliseconds(1)
        return milliseconds >= 1 && milliseconds < 100 ? Spans.fixed(milliseconds, 2) + " ms" : Spans.text(duration)
    }

    /// The same as JSON: medians, and every round; times in microseconds.
    var json: JSONText {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("store", store)
            writer.member("durability", "full")
            writer.member("cores", cores)
            writer.member("slots", plan.slots)
            writer.member("argument_bytes", BenchJob.argumentBytes)
            writer.member("rounds", plan.rounds)
            writer.member("seconds", plan.span / .seconds(1))
            writer.member("waiting", plan.waiting)
            writer.member("backlog", plan.backlog)
            writer.member(
                "figures",
                array: { writer in
                    for line in lines { writer.object { Self.write(line, &$0) } }
                })
        }
        return writer.text
    }

    private static func write(_ line: BenchLine, _ writer: inout JSONWriter) {
        writer.member("workload", line.part.workload.rawValue)
        writer.member("key", line.part.key)
        writer.member("what", line.part.title)
        writer.member("jobs", line.jobs)
        writer.member("jobs_per_second", line.rate)
        writer.member("p50_us", line.p50.map(microseconds))
        writer.member("p99_us", line.p99.map(microseconds))
        writer.member("cpu_seconds_per_1000", line.processorPerThousand)
        writer.member("cpu_share_percent", line.processorShare)
        writer.member("pss_bytes", line.memory)
        write(line.calibration, &writer)
        writer.member(
            "rounds",
            array: { writer in
                for figure in line.figures { writer.object { write(figure, &$0) } }
            })
    }

    private static func write(_ figure: BenchFigure, _ writer: inout JSONWriter) {
        writer.member("jobs", figure.jobs)
        writer.member("spent_us", microseconds(figure.spent))
        writer.member("jobs_per_second", figure.rate)
        writer.member("p50_us", figure.p50.map(microseconds))
        writer.member("p99_us", figure.p99.map(microseconds))
        writer.member("cpu_us", microseconds(figure.processor))
        writer.member("pss_bytes", figure.memory)
        write(figure.calibration, &writer)
    }

    private static func write(_ calibration: BenchCalibration, _ writer: inout JSONWriter) {
        writer.member("fsync_us", microseconds(calibration.fsync))
        writer.member("commit_us", microseconds(calibration.commit))
        writer.member("hand_over_us", microseconds(calibration.handOver))
        writer.member("loop_us", microseconds(calibration.loop))
    }

    private static func microseconds(_ duration: Duration) -> Double { duration / .microseconds(1) }
}
