import ArgumentParser
import Foundation

/// `lovage up`
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Start everything in this process: store, worker and HTTP API.",
        discussion: """
            The first SIGTERM or SIGINT drains: nothing new starts, what runs may end. The
            second one hands back what runs; it costs no retry and starts again with the
            next server.

            Examples:
              lovage up
              lovage up --data /var/lib/lovage --slots 8
              lovage up --queue mail=3 --queue default=1
              lovage up --durability relaxed
            """)

    @OptionGroup(title: "Worker") var worker: WorkerOptions
    @Option(help: ArgumentHelp("Where the API listens; only this machine's own addresses.", valueName: "address"))
    var listen = "127.0.0.1:4710"

    func run() async throws {
        try await Host(worker.configuration()).run(listening: try ListenAddress(listen))
    }
}
