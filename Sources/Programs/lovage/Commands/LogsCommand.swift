import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote

/// `lovage logs`
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print the output of a job.",
        discussion: """
            On a terminal control characters in it are shown and not obeyed; off it every
            byte is passed on.

            Examples:
              lovage logs 01930a3e-0000-7000-8000-000000000000
              lovage logs 01930a3e-0000-7000-8000-000000000000 --follow
              lovage logs 01930a3e-0000-7000-8000-000000000000 --attempt 1
            """)

    @Argument(help: "The id of a job.") var id: String
    @Flag(help: "Go on until the attempt ends.") var follow = false
    @Option(help: "Which attempt. Default: the last one.") var attempt: Int?
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        let id = try JobID(typed: id)
        if let attempt, attempt < 1 { throw CommandFailure.usage("--attempt is \(attempt): use 1 or more") }
        try await server.use { server, terminal in
            guard follow else { return terminal.pass(try await server.logs(of: id, attempt: attempt)) }
            for try await element in try await server.followLogs(of: id, attempt: attempt) {
                if case .piece(let piece, _) = element { terminal.pass(Array(piece.text.utf8)) }
            }
        }
    }
}

extension Terminal {
    /// Writes output of a job: harmless on a terminal, byte for byte off it.
    fileprivate func pass(_ bytes: [UInt8]) {
        if isInteractive {
            write(Harmless.lines(String(decoding: bytes, as: UTF8.self)))
        } else {
            Terminal.write(bytes, to: 1)
        }
    }
}
