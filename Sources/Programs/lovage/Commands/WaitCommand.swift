import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote
import LovageWorkflow

/// `lovage wait`
struct WaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait until jobs or runs are over.",
        discussion: """
            Ends with code 0 when all of them succeeded, 1 when one did not, 3 when the time
            is over first, and 4 when an id is unknown: the others are waited for first.

            Examples:
              lovage wait 01930a3e-0000-7000-8000-000000000000
              lovage wait $(lovage submit report.make) --timeout 10m
              lovage wait $(lovage workflow run nightly-backup destination=/srv/backup)
            """)

    @Argument(help: "The ids of jobs or runs.") var ids: [String]
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
                    var patience = Patience(again: "wait again with: lovage wait \(Harmless.line(id))")
                    try await waiting.wait(for: try await patience.ask { try await server.target(id) })
                }
            }
            try series.end()
        }
    }
}

/// Waits for one thing after the other, all of them within one time.
struct Waiting {
    let server: RemoteClient
    let terminal: Terminal
    let json: Bool
    /// Nil for as long as it takes.
    let patience: Duration?
    private let began = ContinuousClock.now

    init(server: RemoteClient, terminal: Terminal, json: Bool, patience: Duration?) {
        self.server = server
        self.terminal = terminal
        self.json = json
        self.patience = patience
    }

    private var left: Duration? { patience.map { max(.zero, $0 - (ContinuousClock.now - began)) } }

    /// Returns when it is over and well; throws what the program ends with otherwise.
    func wait(for target: Target) async throws {
        switch target {
        case .job(let id):
            let job = try await server.waitPatiently(for: id, within: left, isKnown: true)
            guard job.state == .finished else { throw Self.late("job \(id)") }
            say(job.id.description, job.outcome?.rawValue ?? "", job.json)
            if job.outcome != .succeeded, job.outcome != .skipped { throw CommandFailure(.jobFailed) }
        case .run(let id):
            let run = try await server.waitPatiently(for: id, within: left, isKnown: true)
            guard run.run.state == .finished else { throw Self.late("run \(id)") }
            say(run.run.id.description, run.run.outcome?.rawValue ?? "", run.json)
            guard run.run.outcome == .succeeded else { throw CommandFailure(.jobFailed) }
        }
    }

    private func say(_ id: String, _ outcome: String, _ json: JSONText) {
        terminal.write([self.json ? json.string : "\(id) \(terminal.palette(outcome, Look.of(outcome).style))"])
    }

    private static func late(_ what: String) -> CommandFailure {
        CommandFailure(.emptyOrTimedOut, "\(what) is not over yet")
    }
}
