import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote

/// `lovage explain`
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Say why a job or a run of a workflow runs, waits or is over.",
        discussion: """
            The answer comes from the rule that claims jobs: it says 'may run' exactly when a
            worker with a free slot would take the job now.

            Examples:
              lovage explain 01930a3e-0000-7000-8000-000000000000
            """)

    @Argument(help: "The id of a job or of a run.") var id: String
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        try await server.use { server, terminal in
            switch try await server.target(id) {
            case .job(let id):
                let view = try await server.explain(id)
                terminal.write(self.server.json ? [view.json.string] : lines(view, terminal))
            case .run(let id):
                let view = try await server.explain(id)
                terminal.write(self.server.json ? [view.json.string] : lines(view, terminal))
            }
        }
    }

    private func lines(_ view: ExplainView, _ terminal: Terminal) -> [String] {
        let palette = terminal.palette
        let verdict = view.mayRun ? palette("may run", .green) : palette(view.state.rawValue, .yellow)
        var lines =
            ["\(verdict): \(Harmless.line(terminal.moments.text(of: view.summary)))"]
            + view.reasons.flatMap { self.lines($0, terminal) }
        if let ahead = view.ahead {
            let count = view.aheadIsBound ? "more than \(ahead)" : "\(ahead)"
            lines.append(
                "  \(count) \(ahead == 1 && !view.aheadIsBound ? "job stands" : "jobs stand") before it in its queue")
        }
        return lines
    }

    private func lines(_ view: RunExplainView, _ terminal: Terminal) -> [String] {
        [Harmless.line(terminal.moments.text(of: view.summary))]
            + view.steps.flatMap { step in
                ["step \(terminal.palette(Harmless.line(step.name), .bold)): \(step.state.rawValue)"]
                    + step.reasons.flatMap { lines($0, terminal) }
            } + (view.hint.map { [terminal.palette("→ \(Harmless.line($0))", .cyan)] } ?? [])
    }

    private func lines(_ reason: ReasonView, _ terminal: Terminal) -> [String] {
        let hint = reason.hint.map { [terminal.palette("    → \(Harmless.line($0))", .cyan)] } ?? []
        return ["  - \(Harmless.line(terminal.moments.text(of: reason.message)))"] + hint
    }
}
