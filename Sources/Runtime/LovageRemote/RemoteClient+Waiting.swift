#if Server
import LovageAPI

extension RemoteClient {
    /// Longest wait of one request: the server takes no more.
    static let longestPoll = Duration.seconds(60)

    /// How long until a client asks again that was told that too many wait.
    private static let pause = Duration.seconds(1)

    /// Asks again until `isOver`, or `within` is over; each request waits on the server, so this is no polling. While the
    /// server lets no more calls wait, it is asked now and then.
    func longPoll<Answer: APIObject>(
        _ route: Route, _ name: String, _ within: Duration?, isOver: (Answer) -> Bool
    ) async throws -> Answer {
        let clock = ContinuousClock()
        let deadline = within.map { clock.now + $0 }
        while true {
            let left = deadline.map { max(.zero, $0 - clock.now) } ?? Self.longestPoll
            let wait = min(left, Self.longestPoll)
            let answer: Answer
            do {
                answer = try await call(route, [name], query: [("timeout", "\(wait.inSeconds)")], waiting: wait)
            } catch let error as RemoteError where error.code == .tooManyWaits {
                guard left > .zero else { throw error }
                try await clock.sleep(for: min(left, Self.pause))
                continue
            }
            if isOver(answer) { return answer }
            if let deadline, deadline <= clock.now { return answer }
        }
    }
}
#endif
