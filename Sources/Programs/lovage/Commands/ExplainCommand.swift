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

    /// Each thing once: one reason stands behind the state, several below it.
    private func lines(_ view: ExplainView, _ terminal: Terminal) -> [String] {
        let palette = terminal.palette
        if view.mayRun { return [palette(Harmless.line(view.summary), .green)] }
        var reasons = view.reasons
        if let ahead = view.ahead, ahead > 0 {
            reasons.append(
                ReasonView("ahead", "\(ahead) \(ahead == 1 ? "job stands" : "jobs stand") before it in its queue"))
        }
        let state = palette(view.state.rawValue, .yellow)
        guard reasons.count == 1, let only = reasons.first else {
            return ["\(state):"] + reasons.flatMap { lines($0, terminal) }
        }
        return ["\(state): \(Harmless.line(terminal.moments.text(of: only.message)))"] + hint(only, terminal)
    }

    private func lines(_ view: RunExplainView, _ terminal: Terminal) -> [String] {
        [Harmless.line(terminal.moments.text(of: view.summary))]
            + view.steps.flatMap { step in
                ["step \(terminal.palette(Harmless.line(step.name), .bold)): \(step.state.rawValue)"]
                    + step.reasons.flatMap { lines($0, terminal) }
            } + (view.hint.map { [terminal.palette("→ \(Harmless.line($0))", .cyan)] } ?? [])
    }

    private func lines(_ reason: ReasonView, _ terminal: Terminal) -> [String] {
        ["  - \(Harmless.line(terminal.moments.text(of: reason.message)))"] + hint(reason, terminal)
    }

    private func hint(_ reason: ReasonView, _ terminal: Terminal) -> [String] {
        reason.hint.map { [terminal.palette("    → \(Harmless.line($0))", .cyan)] } ?? []
    }
}
