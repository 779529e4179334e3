import ArgumentParser
import Foundation
import LovageCore

/// `lovage bench`
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure this machine with the library in this process.",
        discussion: """
            The store is a new one in a temporary folder, as durable as that of `up`: every
            answer comes after its commit is on the disk. What was measured is read back
            from the store, or there is no figure. Right before each figure the machine is
            measured: one fsync of 4 KiB, one commit of one row by SQLite alone, one byte
            to another thread and back, one fixed loop. Where these differ between two
            runs, so did the machine.

              W1 submit one at a time    W5 idle worker: submit to start, to result
              W2 submit in bulk          W6 due times: how late jobs start
              W3 drain what waits        W7 chain of 100, fan-out of 1,000
              W4 producer and worker     W8 processor time and memory when idle

            W3 and W6 are measured a second time with --backlog more jobs in the store. A
            million takes about half a minute to store and 1 GB of disk while it runs.

            Examples:
              lovage bench
              lovage bench --workloads W1,W5 --seconds 10
              lovage bench --backlog 0 --rounds 5 --json > figures.json
            """)

    @Option(help: "Which workloads, separated by commas.") var workloads = "W1,W2,W3,W4,W5,W6,W7,W8"
    @Option(help: "How long each timed part runs, in seconds.") var seconds = 3.0
    @Option(help: "How often each part is measured, in turn with the others; figures are medians.") var rounds = 1
    @Option(help: "How many jobs W3 drains, in thousands.") var waiting = 10
    @Option(help: "How many more jobs wait in W3 and W6, in thousands; 0 leaves that out.") var backlog = 1_000
    @Option(help: "How many jobs run at once. Default: one for each core.") var slots: Int?
    @Option(help: "Where the temporary folder is made; the disk that is measured.") var folder: String?
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let plan = try plan()
        let terminal = Terminal.current()
        let folder = try TemporaryFolder(in: folder)
        defer { folder.remove() }
        var bench = BenchRun(plan, in: folder.url) { if isatty(STDERR_FILENO) == 1 { Terminal.complain($0) } }
        let report = try await bench.report()
        if json {
            terminal.write([report.json.string])
        } else {
            terminal.write(report.table(width: terminal.width, palette: terminal.palette))
        }
    }

    private func plan() throws(CommandFailure) -> BenchPlan {
        guard seconds > 0, seconds <= 3_600 else { throw .usage("--seconds is \(seconds): use 0.1 to 3600") }
        guard (1...1_000).contains(rounds) else { throw .usage("--rounds is \(rounds): use 1 to 1000") }
        guard (1...1_000).contains(waiting) else { throw .usage("--waiting is \(waiting): use 1 to 1000") }
        guard (0...100_000).contains(backlog) else { throw .usage("--backlog is \(backlog): use 0 to 100000") }
        let slots = slots ?? ProcessInfo.processInfo.activeProcessorCount
        guard (1...1_000).contains(slots) else { throw .usage("--slots is \(slots): use 1 to 1000") }
        return BenchPlan(
            workloads: try BenchPlan.workloads(workloads), rounds: rounds, span: .seconds(seconds),
            waiting: waiting * 1_000, backlog: backlog * 1_000, slots: slots)
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
