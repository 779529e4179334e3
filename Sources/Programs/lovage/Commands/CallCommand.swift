import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote

/// `lovage call`
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call", abstract: "Submit a job, wait for it, and print its result.",
        discussion: """
            Ends with code 1 when the job did not succeed, and with code 3 when it was not
            over within --within; the job goes on then. So it does at Ctrl-C, and while the
            server is restarted, for which the call waits. The job's id is said at the
            start, on standard error.

            Examples:
              lovage call word.count text='one two three'
              lovage call report.make day=2030-01-31 --within 10m
            """)

    @Argument(help: "Which kind of job.") var kind: String
    @Argument(help: "One JSON value, or key=value pairs.") var arguments: [String] = []
    @Option(help: ArgumentHelp("How long to wait. Default: until it is over.", valueName: "time")) var within:
        SpanOption?
    @OptionGroup(title: "Job options") var options: SubmitOptions
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        let arguments = try ArgumentText.parseOrRead(arguments)
        let request = SubmitRequest(
            kind: try Kind(typed: kind), arguments: arguments.json ?? .emptyObject, typedArguments: arguments.pairs,
            options: try options.request(), unknownKind: options.unknownKind,
            unknownQueue: options.unknownQueue)
        try await server.use { server, terminal in
            let answer = try await server.submit(request)
            guard let id = answer.id else { throw CommandFailure(.usage, "the server refused the job") }
            if answer.isGone {
                throw CommandFailure(
                    .unknown,
                    "job \(id) was submitted with this key before, is over, and is no longer kept: use a new key to run it again"
                )
            }
            let interruption = Interruption(
                "lovage: job \(id) goes on; see it with: lovage get \(id), end it with: lovage cancel \(id)")
            defer { interruption.end() }
            Terminal.complain("lovage: job \(id)")
            let job = try await server.waitPatiently(for: id, within: within?.duration, isKnown: true)
            guard job.state == .finished else {
                throw CommandFailure(
                    .emptyOrTimedOut, "job \(id) is not over yet; it goes on. See it with: lovage get \(id)")
            }
            if self.server.json {
                terminal.write([job.json.string])
            } else if job.outcome == .succeeded {
                terminal.write([job.result.map(\.string) ?? "null"])
            }
            try job.throwIfNotSucceeded(silently: self.server.json)
        }
    }
}

extension JobView {
    /// Ends the program with code 1 when the job did not do what it was for.
    func throwIfNotSucceeded(silently: Bool = false) throws(CommandFailure) {
        guard let outcome, outcome != .succeeded, outcome != .skipped else { return }
        if silently { throw CommandFailure(.jobFailed) }
        let why = failure.map { ": \(Harmless.line($0.message))" } ?? reason.map { " (\(Harmless.line($0)))" } ?? ""
        throw CommandFailure(.jobFailed, "job \(id) ended \(outcome.rawValue)\(why)")
    }
}
