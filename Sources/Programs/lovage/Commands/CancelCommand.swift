import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote
import LovageWorkflow

/// `lovage cancel`
struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancel jobs or runs, whether they wait or run.",
        discussion: """
            It is in effect when the command returns: nothing an attempt still does counts.
            What is over is left as it is. A run is cancelled with every job of it. An
            unknown id keeps none of the others from being cancelled; the code is 4 then.

            Examples:
              lovage cancel 01930a3e-0000-7000-8000-000000000000 --reason 'wrong day'
            """)

    @Argument(help: "The ids of jobs or runs.") var ids: [String]
    @Option(help: "Why, for people.") var reason = ""
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        try await server.use { server, terminal in
            let json = self.server.json
            var series = Series(json: json)
            for id in ids {
                try await series.attempt {
                    switch try await server.target(id) {
                    case .job(let id): terminal.write(try await server.cancel(id, reason: reason), json: json)
                    case .run(let id): terminal.write(try await server.cancel(id, reason: reason), json: json)
                    }
                }
            }
            try series.end()
        }
    }
}

/// `lovage retry`
struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Run finished jobs again, as a new generation of the same id, or what failed in runs.",
        discussion: """
            A job runs the version of its command that it ran before, also when a newer one
            is applied by now; the command says so. --latest runs the newest.
            A step of a workflow is run again with everything after it that had to be given
            up. Of a run that is over, what failed, expired or was cancelled is run again.

            Examples:
              lovage retry 01930a3e-0000-7000-8000-000000000000
              lovage apply ops && lovage retry --latest 01930a3e-0000-7000-8000-000000000000
            """)

    @Argument(help: "The ids of jobs or runs.") var ids: [String]
    @Flag(help: "Run the newest versions of their commands, not the ones they ran.") var latest = false
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        try await server.use { server, terminal in
            let json = self.server.json
            var series = Series(json: json)
            for id in ids {
                try await series.attempt {
                    switch try await server.target(id) {
                    case .job(let id):
                        let job = try await server.retry(id, latest: latest)
                        terminal.write(job, json: json)
                        if !json, let version = job.definition {
                            Terminal.complain(try await note(job, version, server))
                        }
                    case .run(let id): terminal.write(try await server.retry(id, latest: latest), json: json)
                    }
                }
            }
            try series.end()
        }
    }

    /// Which version runs, and whether there is a newer one.
    private func note(_ job: JobView, _ version: Int, _ server: RemoteClient) async throws -> String {
        let runs = "\(job.id) runs \(job.kind) v\(version)"
        let newest = try await server.definition(.command, named: job.kind.text).version
        return newest == version ? runs : "\(runs); v\(newest) is applied: --latest runs that"
    }
}

extension Terminal {
    /// Writes one job in one line: its id, state and outcome.
    func write(_ job: JobView, json: Bool) {
        let words = [job.id.description, job.state.rawValue, job.outcome?.rawValue].compactMap { $0 }
        write([json ? job.json.string : words.joined(separator: " ")])
    }

    /// Writes one run in one line: its id, state and outcome.
    func write(_ run: WorkflowView, json: Bool) {
        let words = [run.run.id.description, run.run.state.rawValue, run.run.outcome?.rawValue].compactMap { $0 }
        write([json ? run.json.string : words.joined(separator: " ")])
    }

    /// Writes a run of which jobs are run again in one line, as `write` does, and which these are on standard error.
    func write(_ retried: RunRetryView, json: Bool) {
        guard !json else { return write([retried.json.string]) }
        write(["\(retried.run.id) \(retried.run.state.rawValue)"])
        for step in retried.retried {
            let version = step.definition.map { " with v\($0) of their command" } ?? ""
            let jobs = step.count == 1 ? "1 job runs" : "\(step.count) jobs run"
            Self.complain("step \(step.name): \(jobs) again\(version)")
        }
    }
}
