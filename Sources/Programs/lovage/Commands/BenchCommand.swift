import ArgumentParser
import Foundation
import LovageCore
import LovageStore

/// `lovage bench`
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure this machine with the library in this process.",
        discussion: """
            The store is a new one in a temporary folder, as durable as that of `up`: every
            submit waits until its commit is on the disk. The column fsync is what one
            fsync of 4 KiB cost right before a figure was taken; where it differs between
            two runs, so did the machine.

              W1 submit one at a time    W5 idle worker: submit to start, to result
              W2 submit in bulk          W7 chain of 100, fan-out of 1,000
              W3 drain what waits        W8 processor time while nothing happens
              W4 producer and worker

            Examples:
              lovage bench
              lovage bench --workloads W1,W5 --seconds 10
              lovage bench --json > figures.json
            """)

    @Option(help: "Which workloads, separated by commas.") var workloads = "W1,W2,W3,W4,W5,W7,W8"
    @Option(help: "How long each timed part runs, in seconds.") var seconds = 3.0
    @Option(help: "How many jobs W3 drains, in thousands.") var waiting = 20
    @Option(help: "How many jobs run at once. Default: one for each core.") var slots: Int?
    @Option(help: "Where the temporary folder is made; the disk that is measured.") var folder: String?
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        guard seconds > 0, seconds <= 3_600 else {
            throw CommandFailure.usage("--seconds is \(seconds): use 0.1 to 3600")
        }
        guard (1...1_000).contains(waiting) else {
            throw CommandFailure.usage("--waiting is \(waiting): use 1 to 1000")
        }
        let slots = slots ?? ProcessInfo.processInfo.activeProcessorCount
        guard (1...1_000).contains(slots) else { throw CommandFailure.usage("--slots is \(slots): use 1 to 1000") }
        let plan = BenchPlan(
            workloads: try BenchPlan.workloads(workloads), span: .seconds(seconds), waiting: waiting * 1_000,
            slots: slots)
        let terminal = Terminal.current()
        let folder = try TemporaryFolder(in: folder)
        defer { folder.remove() }
        let report = try await measure(plan, folder.url)
        if json {
            terminal.write([report.json.string])
        } else {
            terminal.write(report.lines(width: terminal.width, palette: terminal.palette))
        }
    }

    private func measure(_ plan: BenchPlan, _ folder: URL) async throws -> BenchReport {
        var figures: [BenchFigure] = []
        var engine = ""
        for workload in plan.workloads {
            // Each workload gets a store of its own: what one leaves behind is no part of the next.
            let opened = try StoreFolder(url: folder.appendingPathComponent(workload.rawValue)).open(.full)
            engine = await opened.store.health().engine
            figures += try await BenchBed(store: opened.store, folder: folder, plan: plan).run(workload)
            try opened.close()
            if isatty(STDERR_FILENO) == 1 { Terminal.complain("\(workload.rawValue) \(workload.title): done") }
        }
        return BenchReport(
            store: engine, cores: ProcessInfo.processInfo.activeProcessorCount, slots: plan.slots,
            argumentBytes: BenchJob.argumentBytes, figures: figures)
    }
}

/// A folder that lives as long as a measurement.
struct TemporaryFolder {
    let url: URL

    init(in parent: String?) throws {
        let parent = parent.map { URL(fileURLWithPath: $0) } ?? FileManager.default.temporaryDirectory
        url = parent.appendingPathComponent("lovage-bench-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        } catch {
            throw CommandFailure.usage("--folder '\(parent.path)' takes no folder: \(error.localizedDescription)")
        }
    }

    func remove() {
        do {
            try FileManager.default.removeItem(at: url)
        } catch {
            Terminal.complain("lovage: could not remove \(url.path): \(error.localizedDescription)")
        }
    }
}
