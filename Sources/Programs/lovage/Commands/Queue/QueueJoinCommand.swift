import ArgumentParser
import Foundation
import LovageAPI
import LovageCore
import LovageRemote
import LovageWorkflow

/// `lovage queue join`
struct QueueJoinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join", abstract: "Wait until no job of a queue waits or runs.",
        discussion: """
            Ends with code 3 when the time is over first. Delayed jobs wait too: one that is due
            late is named.

            Examples:
              lovage queue join mail
              lovage queue join mail --timeout 10m
            """)

    @Argument(help: "The name of a queue.") var name: String
    @Option(help: ArgumentHelp("How long to wait. Default: for ever.", valueName: "time")) var timeout: SpanOption?
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        let name = try QueueName(typed: name)
        try await server.use { server, terminal in
            var patience = Patience(again: "wait again with: lovage queue join \(name)")
            let last = try await patience.ask { try await lastDue(name, server, terminal.moments) }
            if let last, timeout == nil { Terminal.complain("lovage: \(last); --timeout bounds the wait") }
            let queue = try await server.joinPatiently(name, within: timeout?.duration, isKnown: true)
            guard queue.isIdle else {
                throw CommandFailure(
                    .emptyOrTimedOut,
                    "queue '\(name)' still has \(queue.waiting) waiting and \(queue.running) running jobs"
                        + (last.map { "; \($0)" } ?? ""))
            }
            terminal.write([self.server.json ? queue.json.string : "\(name) is empty"])
        }
    }

    /// The job of the queue that is due last, of the newest that wait for a time, when that is far away: the wait is
    /// for it.
    private func lastDue(_ name: QueueName, _ server: RemoteClient, _ moments: Moments) async throws -> String? {
        let page = try await server.jobs(JobsFilter(queue: name, state: .suspended), limit: 100)
        let far = StoreTime(microseconds: Int64((Date().timeIntervalSince1970 + Self.far) * 1_000_000))
        let dues = page.items.compactMap { job in job.dueAt.map { (id: job.id, due: $0) } }
        guard let last = dues.max(by: { $0.due < $1.due }), last.due > far else { return nil }
        return "job \(last.id) is due only \(moments.text(last.due))"
    }

    /// In seconds.
    private static let far = 60.0
}

/// `lovage queue set`
struct QueueSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Set the bounds of a queue.",
        discussion: """
            Examples:
              lovage queue set mail --capacity 1000
              lovage queue set mail --capacity none --keep 3d --keep-count 100000
            """)

    @Argument(help: "The name of a queue.") var name: String
    @Option(help: ArgumentHelp("How many waiting jobs it takes, or none for no bound.", valueName: "number"))
    var capacity: String?
    @Option(help: ArgumentHelp("How long finished jobs are kept, at least 1s.", valueName: "time")) var keep:
        SpanOption?
    @Option(help: ArgumentHelp("How many finished jobs are kept at most, or none for no bound.", valueName: "number"))
    var keepCount: String?
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        let name = try QueueName(typed: name)
        if let keep, keep.duration < QueueChange.shortestKeep {
            throw CommandFailure.usage(
                "--keep is \(DurationText.format(keep.duration)): use 1s or more, or nobody could see how a job ended")
        }
        let change = QueueChange(
            capacity: try Self.bound(capacity, "--capacity", from: 1), keepFinishedFor: keep?.duration,
            keepFinishedCount: try Self.bound(keepCount, "--keep-count", from: 0))
        guard change != QueueChange() else {
            throw CommandFailure.usage("nothing is to be set: give --capacity, --keep or --keep-count")
        }
        try await server.use { server, terminal in
            let queue = try await server.change(name, change)
            if self.server.json { return terminal.write([queue.json.string]) }
            terminal.write(QueueTable.lines([queue], width: terminal.width, palette: terminal.palette))
        }
    }

    private static func bound(
        _ text: String?, _ option: String, from lowest: Int
    ) throws(CommandFailure) -> QueueChange.Change<Int> {
        guard let text else { return .keep }
        if text == "none" { return .remove }
        guard let number = Int(text), (lowest...1_000_000_000).contains(number) else {
            throw .usage("\(option) '\(Harmless.line(text))' is no bound: use \(lowest) to 1000000000, or none")
        }
        return .set(number)
    }
}
