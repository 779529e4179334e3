import ArgumentParser
import Foundation
import LovageAPI
import LovageCore
import LovageRemote

/// `lovage submit`
struct SubmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit", abstract: "Submit a job and print its id.",
        discussion: """
            Arguments are one JSON value, or key=value pairs, in which the type that the
            kind declares says what a value is: sha=831877e8 is a text where a text is
            declared. Where none is, JSON is taken as JSON (n=3 is a number), anything else
            as a text. '-' reads one JSON value from standard input. When the command
            returns, the job is stored. A kind or a queue that nobody has is refused,
            unless --unknown-kind or --unknown-queue says that the job is to wait.

            --stdin-many stores the jobs in the order of the lines and stops at the first
            line that cannot be taken: all lines before it are stored then, and --from-line
            goes on there. With --idempotency-key each job's key is that one, a dash and the
            number of its line, so that the same input may be sent again.

            Examples:
              lovage submit mail.send to=ann@example.org retries=3
              lovage submit mail.send '{"to": "ann@example.org"}' --after 5m
              lovage submit report.make day=2030-01-31 --priority 5 --retries 2
              lovage submit order.pay id=17 --idempotency-key order-17
              lovage submit mail.send to=ann@example.org --unknown-kind wait
              generate-json-lines | lovage submit image.resize --stdin-many
              lovage submit image.resize --stdin-many --from-line 1500 <jobs.jsonl
            """)

    @Argument(help: "Which kind of job.") var kind: String
    @Argument(help: "One JSON value, or key=value pairs.") var arguments: [String] = []
    @OptionGroup(title: "Job options") var options: SubmitOptions
    @Flag(help: "Wait while the queue is full, for as long as it takes, instead of ending with code 75.")
    var waitForRoom = false
    @Flag(help: "Submit one job for each line of standard input, which is its arguments as JSON.") var stdinMany = false
    @Option(help: ArgumentHelp("With --stdin-many: pass over the lines before this one.", valueName: "number"))
    var fromLine: Int?
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        let request = SubmitRequest(
            kind: try Kind(typed: kind), options: try options.request(), unknownKind: options.unknownKind,
            unknownQueue: options.unknownQueue)
        if stdinMany { return try await submitLines(request) }
        if fromLine != nil { throw CommandFailure.usage("--from-line is given without --stdin-many: use both") }
        try await submitOne(request)
    }

    private func submitOne(_ template: SubmitRequest) async throws {
        var request = template
        let arguments = try ArgumentText.parseOrRead(arguments)
        request.arguments = arguments.json ?? .emptyObject
        request.typedArguments = arguments.pairs
        try await server.use { [request] server, terminal in
            let answer =
                waitForRoom
                ? try await server.submitWhenThereIsRoom(request) {
                    Terminal.complain("lovage: the queue is full; waiting for room")
                } : try await server.submit(request)
            terminal.write([self.server.json ? answer.json.string : answer.id?.description ?? ""])
            if answer.answer != .created, !self.server.json, let id = answer.id {
                let state = answer.isGone ? "; it is over and no longer kept" : ""
                Terminal.complain("lovage: job \(id) stands for it already (\(answer.answer.rawValue))\(state)")
            }
        }
    }

    private func submitLines(_ template: SubmitRequest) async throws {
        guard arguments.isEmpty else {
            throw CommandFailure.usage("arguments and --stdin-many are both given: use one of them")
        }
        if let fromLine, fromLine < 1 { throw CommandFailure.usage("--from-line is \(fromLine): use 1 or more") }
        if let key = template.options.idempotencyKey, key.utf8.count > SubmitLines.longestKey {
            throw CommandFailure.usage(
                "--idempotency-key has \(key.utf8.count) bytes: with --stdin-many, which adds the number of the line, use "
                    + "at most \(SubmitLines.longestKey)")
        }
        try await server.use { server, terminal in
            var lines = SubmitLines(
                template: template, waitsForRoom: waitForRoom, firstLine: fromLine ?? 1, server: server,
                terminal: terminal, json: self.server.json)
            try await lines.run(LineReader())
        }
    }
}

extension ArgumentText {
    /// Reads the words after the kind; a single `-` stands for standard input.
    static func parseOrRead(_ words: [String]) throws(CommandFailure) -> ArgumentText {
        guard words == ["-"] else { return try parse(words) }
        do {
            let data = try FileHandle.standardInput.readToEnd() ?? Data()
            return .json(try JSONText(validating: data))
        } catch let error as JSONError {
            throw .usage("arguments on standard input are not JSON: \(error.description)")
        } catch {
            throw .usage("standard input cannot be read: \(error.localizedDescription)")
        }
    }
}
