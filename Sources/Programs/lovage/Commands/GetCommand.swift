import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote

/// `lovage get`
struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show a job and its attempts.",
        discussion: """
            Ends with code 4 when no job has the id: that is another answer than a job
            that waits.

            Examples:
              lovage get 01930a3e-0000-7000-8000-000000000000
              lovage get 01930a3e-0000-7000-8000-000000000000 --json
            """)

    @Argument(help: "The id of a job.") var id: String
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        let id = try JobID(typed: id)
        try await server.use { server, terminal in
            let job = try await server.job(id)
            if self.server.json { return terminal.write([job.json.string]) }
            let attempts = try await server.attempts(of: id)
            terminal.write(JobDrawing.lines(job, attempts, width: terminal.width, palette: terminal.palette))
        }
    }
}
