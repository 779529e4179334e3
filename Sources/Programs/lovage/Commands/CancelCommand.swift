import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote

/// `lovage cancel`
struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancel jobs, whether they wait or run.",
        discussion: """
            It is in effect when the command returns: nothing an attempt still does counts.
            A job that is over is left as it is.

            Examples:
              lovage cancel 01930a3e-0000-7000-8000-000000000000 --reason 'wrong day'
            """)

    @Argument(help: "The ids of jobs.") var ids: [String]
    @Option(help: "Why, for people.") var reason = ""
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        var parsed: [JobID] = []
        for id in ids { parsed.append(try JobID(typed: id)) }
        let ids = parsed
        try await server.use { server, terminal in
            for id in ids { terminal.write(try await server.cancel(id, reason: reason), json: self.server.json) }
        }
    }
}

/// `lovage retry`
struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Run finished jobs again, as a new generation of the same id.",
        discussion: """
            A step of a workflow is run again with everything after it that had to be given
            up.

            Examples:
              lovage retry 01930a3e-0000-7000-8000-000000000000
            """)

    @Argument(help: "The ids of jobs.") var ids: [String]
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        var parsed: [JobID] = []
        for id in ids { parsed.append(try JobID(typed: id)) }
        let ids = parsed
        try await server.use { server, terminal in
            for id in ids { terminal.write(try await server.retry(id), json: self.server.json) }
        }
    }
}

extension Terminal {
    /// Writes one job in one line: its id, state and outcome.
    func write(_ job: JobView, json: Bool) {
        let words = [job.id.description, job.state.rawValue, job.outcome?.rawValue].compactMap { $0 }
        write([json ? job.json.string : words.joined(separator: " ")])
    }
}
