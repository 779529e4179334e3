import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote

/// `lovage get`
struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show a job and its attempts.",
        discussion: """
            The id of a run shows the run. 'lovage show' shows queues, workers and
            definitions too.

            Ends with code 4 when no job has the id: that is another answer than a job
            that waits.

            Examples:
              lovage get 01930a3e-0000-7000-8000-000000000000
              lovage get 01930a3e-0000-7000-8000-000000000000 --json
            """)

    @Argument(help: "The id of a job or of a run.") var id: String
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        try await server.use { server, terminal in
            let display = Display(server: server, terminal: terminal, json: self.server.json)
            try await display.target(try await server.target(id))
        }
    }
}
