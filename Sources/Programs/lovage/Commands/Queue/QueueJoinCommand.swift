import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote
import LovageWorkflow

/// `lovage queue join`
struct QueueJoinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join", abstract: "Wait until no job of a queue waits or runs.",
        discussion: """
            Ends with code 3 when the time is over first.

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
            let queue = try await server.join(name, within: timeout?.duration)
            guard queue.waiting + queue.running == 0 else {
                throw CommandFailure(
                    .emptyOrTimedOut,
                    "queue '\(name)' still has \(queue.waiting) waiting and \(queue.running) running jobs")
            }
            terminal.write([self.server.json ? queue.json.string : "\(name) is empty"])
        }
    }
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
    @Option(help: ArgumentHelp("How long finished jobs are kept.", valueName: "time")) var keep: SpanOption?
    @Option(help: ArgumentHelp("How many finished jobs are kept at most, or none for no bound.", valueName: "number"))
    var keepCount: String?
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        let name = try QueueName(typed: name)
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
