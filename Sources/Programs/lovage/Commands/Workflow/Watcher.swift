import LovageAPI
import LovageCore
import LovageRemote
import LovageWorkflow

/// Shows a run until it is over.
///
/// Each look is one long poll that the server answers when the run ends, or after a moment so that the picture moves.
/// A server that is restarted meanwhile is waited for: the run is in its store, not in its memory.
struct Watcher {
    let server: RemoteClient
    let terminal: Terminal
    let json: Bool

    /// How long one look waits: as often as the times in the picture change.
    private static let look = Duration.seconds(1)

    /// Returns when the run succeeded; throws what the program ends with otherwise.
    func watch(_ first: WorkflowView) async throws {
        let id = first.run.id
        let interruption = Interruption(
            "lovage: the run goes on; watch it again with: lovage workflow show \(id) --watch")
        defer { interruption.end() }
        var view = LiveView()
        var log = RunLog()
        var patience = Patience(
            again: "watch the run again with: lovage workflow show \(id) --watch", isKnown: true)
        var run = first
        while true {
            if !json { show(run, &view, &log) }
            if run.run.state == .finished { break }
            do {
                run = try await server.wait(for: id, within: Self.look)
                patience.answered { say($0, &view) }
            } catch let error as RemoteError where error.isAbsence {
                try await patience.failed(error) { say($0, &view) }
            }
        }
        try end(run)
    }

    private func show(_ run: WorkflowView, _ view: inout LiveView, _ log: inout RunLog) {
        let picture = RunPicture(run)
        guard terminal.isInteractive else { return terminal.write(log.lines(picture)) }
        // The window may have another size than at the last look.
        let now = Terminal.current()
        let lines = RunDrawing.lines(picture, width: now.width, height: now.height, palette: now.palette)
        terminal.write(view.drawing(lines, width: now.width, height: now.height))
    }

    private func say(_ text: String, _ view: inout LiveView) {
        view.settle()
        Terminal.complain("lovage: \(text)")
    }

    private func end(_ run: WorkflowView) throws {
        if json { terminal.write([run.json.string]) }
        if let outputs = run.run.outputs, !json {
            terminal.write(["outputs \(Harmless.line(outputs.string))"])
        }
        if !json { terminal.write(RunFailures.lines(run, palette: terminal.palette)) }
        guard run.run.outcome == .succeeded else { throw CommandFailure(.jobFailed) }
    }
}

extension RunPicture {
    /// The picture of what the API says.
    init(_ view: WorkflowView) {
        self.init(
            id: view.run.id.description, name: view.run.name, version: view.run.version,
            state: view.run.outcome?.rawValue ?? view.run.state.rawValue, steps: view.steps.map(Step.init),
            spent: .seconds(view.run.seconds), reason: view.run.reason)
    }
}

extension RunPicture.Step {
    fileprivate init(_ step: StepView) {
        self.init(
            name: step.name, state: step.shownState, members: step.members,
            done: step.ended.total, failed: step.ended.failed, running: step.running, attempts: step.attempts,
            spent: step.seconds.map { .seconds($0) }, reason: step.reason ?? step.failures.first?.message)
    }
}
