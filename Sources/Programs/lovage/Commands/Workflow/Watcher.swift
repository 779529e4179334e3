import Dispatch
import Foundation
import LovageAPI
import LovageCore
import LovageRemote
import LovageStore
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
        var reconnection = Reconnection()
        var run = first
        while true {
            if !json { show(run, &view, &log) }
            if run.run.state == .finished { break }
            do {
                run = try await server.wait(for: id, within: Self.look)
                if reconnection.answered() { say("the server is back", &view) }
            } catch let error as RemoteError where error.isAbsence {
                try await pause(after: error, &reconnection, id, &view)
            }
        }
        try end(run)
    }

    private func show(_ run: WorkflowView, _ view: inout LiveView, _ log: inout RunLog) {
        let picture = RunPicture(run)
        guard terminal.isInteractive else { return terminal.write(log.lines(picture)) }
        let lines = RunDrawing.lines(picture, width: terminal.width, palette: terminal.palette)
        terminal.write(view.drawing(lines, height: terminal.height))
    }

    private func say(_ text: String, _ view: inout LiveView) {
        view.settle()
        Terminal.complain("lovage: \(text)")
    }

    private func pause(
        after error: RemoteError, _ reconnection: inout Reconnection, _ id: WorkflowID, _ view: inout LiveView
    ) async throws {
        switch reconnection.failed(at: Timekeeper.continuous.elapsed()) {
        case .retry(let wait, let isFirst):
            if isFirst {
                say("the server does not answer; trying again for \(Spans.text(Reconnection.patience))", &view)
            }
            try await Timekeeper.continuous.sleep(wait)
        case .giveUp:
            let again = "watch the run again with: lovage workflow show \(id) --watch"
            throw CommandFailure(.noServer, "\(error.description); \(again)")
        }
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

/// Says something and ends the program when it is interrupted.
struct Interruption {
    private let source: any DispatchSourceSignal

    init(_ farewell: String) {
        // The source only sees the signal when its ordinary effect is off.
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler {
            Terminal.complain("\n" + farewell)
            exit(128 + SIGINT)
        }
        source.resume()
    }

    /// Gives the signal its ordinary effect back.
    func end() {
        source.cancel()
        signal(SIGINT, SIG_DFL)
    }
}

extension RemoteError {
    /// True when the server may be there again in a moment: it is restarted, it stops, or it is just being started.
    fileprivate var isAbsence: Bool {
        switch reason {
        case .noServer, .timedOut: true
        case .refused(_, let status): status == 503
        case .unexpected, .forbidden: false
        }
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
