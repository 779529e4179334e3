import LovageAPI
import LovageCore
import LovageRemote
import LovageStore

extension RemoteClient {
    /// Waits until a job is finished, or `within` is over, through restarts of the server; `isKnown` says that it answered
    /// already.
    func waitPatiently(for id: JobID, within: Duration? = nil, isKnown: Bool = false) async throws -> JobView {
        try await patiently(
            within, Patience(again: "wait again with: lovage wait \(id)", isKnown: isKnown),
            isOver: { $0.state == .finished },
            ask: { try await wait(for: id, within: $0) })
    }

    /// Waits until a run is finished, or `within` is over, through restarts of the server.
    func waitPatiently(for id: WorkflowID, within: Duration? = nil, isKnown: Bool = false) async throws -> WorkflowView
    {
        try await patiently(
            within, Patience(again: "wait again with: lovage wait \(id)", isKnown: isKnown),
            isOver: { $0.run.state == .finished },
            ask: { try await wait(for: id, within: $0) })
    }

    /// Waits until no job of a queue waits or runs, or `within` is over, through restarts of the server.
    func joinPatiently(_ name: QueueName, within: Duration? = nil, isKnown: Bool = false) async throws -> QueueView {
        try await patiently(
            within, Patience(again: "wait again with: lovage queue join \(name)", isKnown: isKnown),
            isOver: { $0.isIdle },
            ask: { try await join(name, within: $0) })
    }

    /// A first look makes sure that there is a server: only then it is waited for.
    private func patiently<Answer: Sendable>(
        _ within: Duration?, _ patience: Patience, isOver: (Answer) -> Bool,
        ask: (Duration?) async throws -> Answer
    ) async throws -> Answer {
        let deadline = within.map { ContinuousClock.now + $0 }
        var patience = patience
        let first = try await patience.ask(until: deadline) { try await ask(.zero) }
        if isOver(first) { return first }
        return try await patience.ask(until: deadline) { try await ask(deadline.map { max(.zero, $0 - .now) }) }
    }

    /// Follows the output of an attempt until it ends, `attempt` nil for the last one. After a restart of the server it goes
    /// on where it was, with the attempt that it was at. For a job that the server is known to have.
    func followPatiently(
        _ id: JobID, attempt: Int? = nil, isSaid: Bool = true, _ pass: (LogPieceView) -> Void
    ) async throws {
        var (attempt, next) = (attempt, Int64(0))
        var patience = Patience(
            again: "follow it again with: lovage logs \(id) --follow", isKnown: true, isSaid: isSaid)
        var log = try await patience.ask { try await followLogs(of: id, attempt: attempt) }
        while true {
            do {
                for try await element in log {
                    guard case .piece(let piece, let after) = element else { continue }
                    pass(piece)
                    (attempt, next) = (piece.attempt, after)
                }
                return
            } catch let error as RemoteError where error.isAbsence {
                try await patience.failed(error)
                log = try await patience.ask { try await followLogs(of: id, attempt: attempt, after: next) }
            }
        }
    }

    /// Submits a job as soon as its queue has room, however long that takes; `full` is told once when it has none.
    func submitWhenThereIsRoom(_ request: SubmitRequest, full: () -> Void = {}) async throws -> SubmitView {
        var request = request
        var isTold = false
        while true {
            let began = ContinuousClock.now
            do {
                // The first look tells; the server waits in those after it, as long as it does in one request.
                request.whenFull = isTold ? .wait : .refuse
                request.roomWithin = isTold ? .seconds(60) : nil
                return try await submit(request)
            } catch let error as RemoteError {
                guard let problem = error.problem, problem.isFull else { throw error }
                if !isTold {
                    full()
                    isTold = true
                } else if ContinuousClock.now - began < .seconds(1) {
                    // A server that stops does not wait any more.
                    try await Timekeeper.continuous.sleep(.seconds(1))
                }
            }
        }
    }
}
