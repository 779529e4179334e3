#if Server
import Synchronization

/// Says when the client of one connection sends nothing more: it has closed its side, or is gone.
///
/// Both look the same from here until something is written, and one that only closed its side still gets its answer.
final class Departure: Sendable {
    private struct State {
        var hasLeft = false
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// The client has left; more than one call is one.
    func leave() {
        let listeners = state.withLock { state in
            state.hasLeft = true
            defer { state.listeners = [:] }
            return state.listeners
        }
        for listener in listeners.values { listener.finish() }
    }

    /// Returns when the client has left, or the task is cancelled.
    func hasCome() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let number: Int? = state.withLock { state in
            if state.hasLeft { return nil }
            state.next += 1
            state.listeners[state.next] = continuation
            return state.next
        }
        guard let number else { return }
        for await _ in stream {}
        state.withLock { $0.listeners[number] = nil }
    }
}
#endif
