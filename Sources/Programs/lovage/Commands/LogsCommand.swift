import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote

/// `lovage logs`
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print the output of a job, or of all jobs of a run.",
        discussion: """
            On a terminal control characters in it are shown and not obeyed; off it every
            byte is passed on. --json prints one object with the field text, or base64 for
            what is no UTF-8; with --follow an object for each piece. Of a run every line
            stands behind the name of its step.

            Standard output and standard error each keep their order. Which of two lines on
            different streams came first is known only approximately, unless the command's
            definition says streams: merged.

            Examples:
              lovage logs 01930a3e-0000-7000-8000-000000000000
              lovage logs 01930a3e-0000-7000-8000-000000000000 --follow
              lovage logs 01930a3e-0000-7000-8000-000000000000 --attempt 1
            """)

    @Argument(help: "The id of a job or of a run.") var id: String
    @Flag(help: "Go on until the attempt ends.") var follow = false
    @Option(help: "Which attempt. Default: the last one.") var attempt: Int?
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        if let attempt, attempt < 1 { throw CommandFailure.usage("--attempt is \(attempt): use 1 or more") }
        try await server.use { server, terminal in
            let id: JobID
            var patience = Patience(again: "try again with: lovage logs \(Harmless.line(self.id))")
            switch try await patience.ask({ try await server.target(self.id) }) {
            case .job(let job): id = job
            case .run(let run):
                if attempt != nil { throw CommandFailure.usage("\(run) is a run: --attempt is for one job of it") }
                return try await RunOutput(server: server, terminal: terminal, json: self.server.json, step: nil)
                    .write(run, follow: follow)
            }
            guard follow else {
                let bytes = try await server.logs(of: id, attempt: attempt)
                return self.server.json ? terminal.write([Self.json(id, bytes)]) : terminal.pass(bytes)
            }
            var characters: [LogPieceView.Stream: WholeCharacters] = [:]
            try await server.followPatiently(id, attempt: attempt) { piece in
                if self.server.json {
                    terminal.write([piece.json.string])
                } else if terminal.isInteractive {
                    let text = characters[piece.stream, default: WholeCharacters()].text(of: piece.bytes)
                    terminal.write(Harmless.lines(text))
                } else {
                    terminal.pass(piece.bytes)
                }
            }
            for stream in LogPieceView.Stream.allCases {
                if let rest = characters[stream]?.end() { terminal.write(Harmless.lines(rest)) }
            }
        }
    }
}

extension LogsCommand {
    /// The whole output as one object.
    private static func json(_ id: JobID, _ bytes: [UInt8]) -> String {
        var writer = JSONWriter()
        writer.object {
            $0.member("job", id.description)
            if let text = String(validating: bytes, as: UTF8.self) {
                $0.member("text", text)
            } else {
                $0.member("base64", Base64.encode(bytes))
            }
        }
        return writer.text.string
    }
}

extension Terminal {
    /// Writes output of a job: harmless on a terminal, byte for byte off it.
    func pass(_ bytes: [UInt8]) {
        if isInteractive {
            write(Harmless.lines(String(decoding: bytes, as: UTF8.self)))
        } else {
            Terminal.write(bytes, to: 1)
        }
    }
}
