#if Server
import LovageAPI

extension RemoteClient {
    /// Longest wait of one request: the server takes no more.
    static let longestPoll = Duration.seconds(60)

    /// Asks again until `isOver`, or `within` is over; each request waits on the server, so this is no polling.
    func longPoll<Answer: APIObject>(
        _ route: Route, _ name: String, _ within: Duration?, isOver: (Answer) -> Bool
    ) async throws -> Answer {
        let clock = ContinuousClock()
        let deadline = within.map { clock.now + $0 }
        while true {
            let left = deadline.map { max(.zero, $0 - clock.now) } ?? Self.longestPoll
            let wait = min(left, Self.longestPoll)
            let answer: Answer = try await call(
                route, [name], query: [("timeout", "\(wait.inSeconds)")], waiting: wait)
            if isOver(answer) { return answer }
            if let deadline, deadline <= clock.now { return answer }
        }
    }
}
#endif
