#if Server
import LovageAPI
import LovageStore
import ServiceLifecycle

extension Operations {
    /// Longest wait of one request; a client that wants more asks again.
    static let longestWait = 60.0

    /// How long a call wants to wait: 30 s unless it says otherwise.
    func patience(of call: Call) throws(ProblemView) -> Duration {
        try call.query.seconds("timeout", upTo: Self.longestWait) ?? .seconds(30)
    }

    /// Waits until `isOver` says so, `patience` is over, the caller has left or the server stops; woken by changes, not by
    /// polling. A wait takes one of the places for waits, and is refused at once when there is none.
    func wait(
        for topics: Set<WakeTopic>, _ patience: Duration, _ caller: Caller,
        until isOver: @escaping @Sendable () async throws -> Bool
    ) async throws {
        // Listening begins before the first look, so that a change between the two is not missed.
        let changes = store.wakeUps.listen(to: topics)
        if try await isOver() || patience <= .zero { return }
        let place = try caller.placeToWait()
        defer { withExtendedLifetime(place) {} }
        let timekeeper = timekeeper
        try await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // Only a cancelled wait throws: then nobody waits any more.
                    try? await timekeeper.sleep(patience)
                }
                group.addTask {
                    for await _ in changes where try await isOver() { return }
                }
                if let departure = caller.departure { group.addTask { await departure.hasCome() } }
                try await group.next()
                group.cancelAll()
            }
        }
    }
}
#endif
