import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote

/// `lovage workflow logs`
struct WorkflowLogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print the output of the jobs of a run, each line behind the name of its step.",
        discussion: """
            Of each job its last attempt, in the order of the steps; with --follow all at
            once, as it is written, until the run is over.

            Examples:
              lovage workflow logs 01930a3e-0000-7000-8000-000000000000
              lovage workflow logs 01930a3e-0000-7000-8000-000000000000 --step archive
              lovage workflow logs 01930a3e-0000-7000-8000-000000000000 --follow
            """)

    @Argument(help: "The id of a run.") var id: String
    @Option(help: "Only jobs of this step.") var step: String?
    @Flag(help: "Go on until the run is over.") var follow = false
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        try await server.use { server, terminal in
            let run = try await server.run(named: id)
            try await RunOutput(server: server, terminal: terminal, json: self.server.json, step: step)
                .write(run, follow: follow)
        }
    }
}
