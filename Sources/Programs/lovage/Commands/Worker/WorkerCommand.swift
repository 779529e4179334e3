import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote

/// `lovage worker`
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Run a worker in one process with its store, or look at live workers.",
        subcommands: [WorkerRunCommand.self, WorkerListCommand.self, WorkerShowCommand.self])
}

/// `lovage worker list`
struct WorkerListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List live workers: slots, queues, kinds, what they run.",
        discussion: """
            Examples:
              lovage worker list
              lovage worker list --json
            """)

    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        try await server.use { server, terminal in
            let workers = try await server.workers()
            if self.server.json { terminal.write([WorkersView(workers).json.string]) }
            if workers.isEmpty {
                throw CommandFailure(.emptyOrTimedOut, self.server.json ? nil : "no worker is alive")
            }
            if self.server.json { return }
            terminal.write(
                WorkerTable.lines(workers, width: terminal.width, palette: terminal.palette, moments: terminal.moments))
        }
    }
}

/// `lovage worker show`
struct WorkerShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a live worker and what it runs.",
        discussion: """
            Its name, its id, or a part of that: the first six characters or more, or the
            last eight.

            Examples:
              lovage worker show 01930a3e-0000-7000-8000-000000000000
              lovage worker show a4f60b2c
            """)

    @Argument(help: "The id or the name of a worker.") var worker: String
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        try await server.use { server, terminal in
            try await Display(server: server, terminal: terminal, json: self.server.json).worker(worker)
        }
    }
}
