#if Server
import LovageAPI
import Synchronization

/// The open connections of a server, over all of its event loops: the ledger, and who is closed by it.
final class Connections: Sendable {
    typealias ID = ObjectIdentifier

    private struct State {
        var ledger: ConnectionLedger<ID>
        var members: [ID: Member] = [:]
    }

    /// A connection, as others need it.
    private struct Member {
        let departure: Departure
        /// Closes it unless a request has come in by then.
        let closeIfUnanswered: @Sendable () -> Void
    }

    private let state: Mutex<State>

    init(mostConnections: Int, mostWaits: Int) {
        state = Mutex(State(ledger: ConnectionLedger(mostConnections: mostConnections, mostWaits: mostWaits)))
    }

    /// A connection was accepted; another one is closed when there is no more room.
    func opened(_ id: ID, _ departure: Departure, closeIfUnanswered: @escaping @Sendable () -> Void) {
        let other = state.withLock { state in
            state.members[id] = Member(departure: departure, closeIfUnanswered: closeIfUnanswered)
            return state.ledger.opened(id).flatMap { state.members[$0] }
        }
        other?.closeIfUnanswered()
    }

    /// A connection begins something else.
    func change(_ id: ID, to phase: ConnectionLedger<ID>.Phase) { state.withLock { $0.ledger.change(id, to: phase) } }

    /// A connection is gone.
    func closed(_ id: ID) {
        state.withLock { state in
            state.ledger.closed(id)
            state.members[id] = nil
        }
    }

    /// Who asks over this connection; throws when the server answers too many others.
    func caller(_ id: ID) throws(ProblemView) -> Caller {
        let (mayAnswer, departure) = state.withLock { ($0.ledger.mayAnswer(id), $0.members[id]?.departure) }
        guard mayAnswer else {
            throw ProblemView(
                .tooManyCalls, "the server answers as many calls at once as it can", hint: "try again in a second")
        }
        return Caller(connections: self, departure: departure)
    }

    /// How many calls wait now.
    var waits: Int { state.withLock { $0.ledger.waits } }
    fileprivate func beginWait() -> Bool { state.withLock { $0.ledger.beginWait() } }
    fileprivate func endWait() { state.withLock { $0.ledger.endWait() } }
}

/// Who made a request, as far as a wait has to know: whether it is still there, and whether one more may wait.
struct Caller: Sendable {
    fileprivate let connections: Connections
    /// Nil where there is no socket.
    let departure: Departure?

    /// A place for one wait, held as long as the answer is; throws at once when all are taken.
    func placeToWait() throws(ProblemView) -> WaitPlace {
        guard connections.beginWait() else {
            throw ProblemView(
                .tooManyWaits, "as many calls wait as the server lets wait at once",
                hint: "try again in a second, or ask without waiting")
        }
        return WaitPlace(connections)
    }
}

/// The place of one wait; given back when nobody holds it any more, so that an answer that is dropped loses none.
final class WaitPlace: Sendable {
    private let connections: Connections
    fileprivate init(_ connections: Connections) { self.connections = connections }
    deinit { connections.endWait() }
}
#endif
