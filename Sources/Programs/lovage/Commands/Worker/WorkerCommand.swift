import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote

/// `lovage worker`
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Run a worker in one process with its store, or list live workers.",
        subcommands: [WorkerRunCommand.self, WorkerListCommand.self])
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
            if self.server.json { return terminal.write([WorkersView(workers).json.string]) }
            if workers.isEmpty { throw CommandFailure(.emptyOrTimedOut, "no worker is alive") }
            terminal.write(WorkerTable.lines(workers, width: terminal.width, palette: terminal.palette))
        }
    }
}
