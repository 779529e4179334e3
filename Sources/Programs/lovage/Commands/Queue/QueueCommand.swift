import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote
import LovageWorkflow

/// `lovage queue`
struct QueueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "List, show, pause, resume, purge, bound and wait for queues.",
        subcommands: [
            QueueListCommand.self, QueueShowCommand.self, QueuePauseCommand.self, QueueResumeCommand.self,
            QueuePurgeCommand.self,
            QueueJoinCommand.self, QueueSetCommand.self,
        ])
}

/// `lovage queue list`
struct QueueListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List queues: how many jobs wait and run, and how old the oldest is.",
        discussion: """
            Examples:
              lovage queue list
              lovage queue list --json
            """)

    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        try await server.use { server, terminal in
            let queues = try await server.queues()
            if self.server.json { return terminal.write([QueuesView(queues).json.string]) }
            terminal.write(QueueTable.lines(queues, width: terminal.width, palette: terminal.palette))
        }
    }
}

/// `lovage queue show`
struct QueueShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a queue: its jobs by state, its bounds, what it keeps.",
        discussion: """
            Ends with code 4 for a queue that nobody has used and no worker takes from.

            Examples:
              lovage queue show mail
              lovage queue show mail --json
            """)

    @Argument(help: "The name of a queue.") var name: String
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        let name = try QueueName(typed: name)
        try await server.use { server, terminal in
            let names = Set(try await server.queues().map(\.name))
                .union(try await server.workers().flatMap(\.queues)).map(\.text).sorted()
            guard names.contains(name.text) else {
                throw CommandFailure(
                    .unknown,
                    "nobody has used a queue '\(name)', and no worker takes from it"
                        + DidYouMean.sentence(name.text, among: names))
            }
            try await Display(server: server, terminal: terminal, json: self.server.json).queue(name)
        }
    }
}

/// `lovage queue pause`
struct QueuePauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Let no more jobs of a queue start; what runs goes on.",
        discussion: """
            Examples:
              lovage queue pause mail
            """)

    @Argument(help: "The name of a queue.") var name: String
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        let name = try QueueName(typed: name)
        try await server.use { server, terminal in
            let queue = try await server.pause(name)
            terminal.write([self.server.json ? queue.json.string : "\(name) is paused; \(queue.running) jobs still run"]
            )
        }
    }
}

/// `lovage queue resume`
struct QueueResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let jobs of a paused queue start again.",
        discussion: """
            Examples:
              lovage queue resume mail
            """)

    @Argument(help: "The name of a queue.") var name: String
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        let name = try QueueName(typed: name)
        try await server.use { server, terminal in
            let queue = try await server.resume(name)
            terminal.write([self.server.json ? queue.json.string : "\(name) goes on; \(queue.waiting) jobs wait"])
        }
    }
}

/// `lovage queue purge`
struct QueuePurgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge", abstract: "Cancel every waiting job of a queue.",
        discussion: """
            What runs goes on. There is no way back, so it asks for --force.

            Examples:
              lovage queue purge mail --force
            """)

    @Argument(help: "The name of a queue.") var name: String
    @Flag(name: .shortAndLong, help: "Really do it.") var force = false
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        let name = try QueueName(typed: name)
        guard force else {
            throw CommandFailure.usage(
                "this cancels every waiting job of queue '\(name)': say --force (-f) when that is what you want")
        }
        try await server.use { server, terminal in
            let purged = try await server.purge(name)
            terminal.write([self.server.json ? PurgeView(purged: purged).json.string : "\(purged) jobs cancelled"])
        }
    }
}
