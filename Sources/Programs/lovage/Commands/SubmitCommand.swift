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
            Arguments are one JSON value, or key=value pairs: a value that is JSON is taken
            as JSON (n=3 is a number), anything else as a string. '-' reads one JSON value
            from standard input. When the command returns, the job is stored. A kind that
            nobody has is refused, unless --unknown-kind says that the job is to wait.

            Examples:
              lovage submit mail.send to=ann@example.org retries=3
              lovage submit mail.send '{"to": "ann@example.org"}' --after 5m
              lovage submit report.make day=2030-01-31 --queue slow --retries 2
              lovage submit order.pay id=17 --idempotency-key order-17
              lovage submit mail.send to=ann@example.org --unknown-kind wait
              generate-json-lines | lovage submit image.resize --stdin-many
            """)

    @Argument(help: "Which kind of job.") var kind: String
    @Argument(help: "One JSON value, or key=value pairs.") var arguments: [String] = []
    @OptionGroup(title: "Job options") var options: SubmitOptions
    @Flag(help: "Wait while the queue is full, instead of ending with code 75.") var waitForRoom = false
    @Flag(help: "Submit one job for each line of standard input, which is its arguments as JSON.") var stdinMany = false
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        let kind = try Kind(typed: kind)
        let options = try options.request()
        if stdinMany {
            guard arguments.isEmpty else {
                throw CommandFailure.usage("arguments and --stdin-many are both given: use one of them")
            }
            return try await submitLines(kind, options)
        }
        let request = SubmitRequest(
            kind: kind, arguments: try ArgumentText.parseOrRead(arguments), options: options,
            whenFull: waitForRoom ? .wait : nil, unknownKind: self.options.unknownKind)
        try await server.use { server, terminal in
            let answer = try await server.submit(request)
            terminal.write([self.server.json ? answer.json.string : answer.id?.description ?? ""])
            if answer.answer != .created, !self.server.json, let id = answer.id {
                let state = answer.isGone ? "; it is over and no longer kept" : ""
                Terminal.complain("lovage: job \(id) stands for it already (\(answer.answer.rawValue))\(state)")
            }
        }
    }

    /// Sends bulks as large as the API takes; the ids come out in the order of the lines.
    private func submitLines(_ kind: Kind, _ options: OptionsRequest) async throws {
        try await server.use { server, terminal in
            var bulk: [SubmitRequest] = []
            var bytes = 0
            var number = 0
            var worst: CommandFailure?
            func send() async throws {
                guard !bulk.isEmpty else { return }
                let answers = try await server.submit(bulk)
                for (index, answer) in answers.enumerated() {
                    terminal.write([self.server.json ? answer.json.string : answer.id?.description ?? "refused"])
                    guard let error = answer.error else { continue }
                    let line = number - answers.count + index + 1
                    let failure = CommandFailure(error)
                    worst = worst ?? failure
                    Terminal.complain("lovage: line \(line): \(failure.message ?? "refused")")
                }
                bulk = []
                bytes = 0
            }
            while let line = readLine(strippingNewline: true) {
                if line.allSatisfy(\.isWhitespace) { continue }
                let arguments = try ArgumentText.json(line, as: "arguments on line \(number + 1)")
                if bulk.count == BulkRequest.mostJobs || bytes + arguments.count > 700_000 { try await send() }
                number += 1
                bytes += arguments.count + 200
                bulk.append(
                    SubmitRequest(
                        kind: kind, arguments: arguments, options: options, whenFull: waitForRoom ? .wait : nil,
                        unknownKind: self.options.unknownKind))
            }
            try await send()
            if number == 0 { throw CommandFailure(.emptyOrTimedOut, "standard input has no line") }
            if let worst { throw CommandFailure(worst.code) }
        }
    }
}

extension ArgumentText {
    /// Reads the words after the kind; a single `-` stands for standard input.
    static func parseOrRead(_ words: [String]) throws(CommandFailure) -> JSONText {
        guard words == ["-"] else { return try parse(words) }
        do {
            let data = try FileHandle.standardInput.readToEnd() ?? Data()
            return try JSONText(validating: data)
        } catch let error as JSONError {
            throw .usage("arguments on standard input are not JSON: \(error.description)")
        } catch {
            throw .usage("standard input cannot be read: \(error.localizedDescription)")
        }
    }
}
