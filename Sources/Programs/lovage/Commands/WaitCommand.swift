import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote

/// `lovage wait`
struct WaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait until jobs are over.",
        discussion: """
            Ends with code 0 when all of them succeeded, 1 when one did not, 3 when the time
            is over first.

            Examples:
              lovage wait 01930a3e-0000-7000-8000-000000000000
              lovage wait $(lovage submit report.make) --timeout 10m
            """)

    @Argument(help: "The ids of jobs.") var ids: [String]
    @Option(help: ArgumentHelp("How long to wait. Default: until all are over.", valueName: "time"))
    var timeout: SpanOption?
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        var parsed: [JobID] = []
        for id in ids { parsed.append(try JobID(typed: id)) }
        let ids = parsed
        try await server.use { server, terminal in
            let began = ContinuousClock.now
            var isEachWell = true
            for id in ids {
                let left = timeout.map { max(.zero, $0.duration - (ContinuousClock.now - began)) }
                let job = try await server.wait(for: id, within: left)
                guard job.state == .finished else {
                    throw CommandFailure(.emptyOrTimedOut, "job \(id) is not over yet")
                }
                let outcome = job.outcome?.rawValue ?? ""
                let text = "\(id) \(terminal.palette(outcome, Look.of(outcome).style))"
                terminal.write([self.server.json ? job.json.string : text])
                if job.outcome != .succeeded, job.outcome != .skipped { isEachWell = false }
            }
            if !isEachWell { throw CommandFailure(.jobFailed) }
        }
    }
}
