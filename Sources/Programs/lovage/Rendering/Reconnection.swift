/// Decides whether to try again after the server did not answer: a server that is restarted comes back soon, one that
/// was stopped does not.
struct Reconnection: Sendable, Hashable {
    private var since: Duration?
    private var wait = Self.firstWait

    private static let firstWait = Duration.milliseconds(100)
    private static let longestWait = Duration.seconds(2)
    /// How long a server may be away before the watcher gives up.
    static let patience = Duration.seconds(30)

    /// What to do after a failure.
    enum Action: Sendable, Hashable {
        /// Try again after this wait; `isFirst` when it was the first failure in a row.
        case retry(after: Duration, isFirst: Bool)
        /// The server has been away for too long.
        case giveUp
    }

    /// The server did not answer.
    mutating func failed(at now: Duration) -> Action {
        let began = since ?? now
        let isFirst = since == nil
        since = began
        guard now - began < Self.patience else { return .giveUp }
        defer { wait = min(wait * 2, Self.longestWait) }
        return .retry(after: wait, isFirst: isFirst)
    }

    /// The server answered; true when it had been away.
    mutating func answered() -> Bool {
        defer { self = Reconnection() }
        return since != nil
    }
}
