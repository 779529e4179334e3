import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote

/// `lovage workflow wait`
struct WorkflowWaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait until runs are over.",
        discussion: """
            Ends with code 0 when all of them succeeded, 1 when one did not, 3 when the time
            is over first, and 4 when an id is unknown. 'lovage wait' takes jobs as well.

            Examples:
              lovage workflow wait 01930a3e-0000-7000-8000-000000000000
              lovage workflow wait 01930a3e-0000-7000-8000-000000000000 --timeout 10m
            """)

    @Argument(help: "The ids of runs.") var ids: [String]
    @Option(help: ArgumentHelp("How long to wait. Default: until all are over.", valueName: "time"))
    var timeout: SpanOption?
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        try await server.use { server, terminal in
            let waiting = Waiting(
                server: server, terminal: terminal, json: self.server.json, patience: timeout?.duration)
            var series = Series(json: self.server.json)
            for id in ids {
                try await series.attempt {
                    try await waiting.wait(for: .run(try await server.onlyRun(named: id, orElse: "lovage wait")))
                }
            }
            try series.end()
        }
    }
}

/// `lovage workflow retry`
struct WorkflowRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Run again what failed, expired or was cancelled in runs that are over.",
        discussion: """
            What succeeded is not run again; what was given up because of a failure is.
            Jobs run the versions of their commands that they ran before, --latest the
            newest.

            Examples:
              lovage workflow retry 01930a3e-0000-7000-8000-000000000000
              lovage workflow retry --latest 01930a3e-0000-7000-8000-000000000000
            """)

    @Argument(help: "The ids of runs.") var ids: [String]
    @Flag(help: "Run the newest versions of their commands, not the ones they ran.") var latest = false
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        try await server.use { server, terminal in
            var series = Series(json: self.server.json)
            for id in ids {
                try await series.attempt {
                    let id = try await server.onlyRun(named: id, orElse: "lovage retry")
                    terminal.write(try await server.retry(id, latest: latest), json: self.server.json)
                }
            }
            try series.end()
        }
    }
}
