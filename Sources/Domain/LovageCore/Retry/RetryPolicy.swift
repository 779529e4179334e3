/// How often and when a failed attempt is tried again.
public struct RetryPolicy: Sendable, Hashable {
    /// How many attempts may follow a failed or timed-out one: `retries: 2` allows 3 such attempts (requirement 4.22).
    public var retries: Int
    /// How long to wait before each of them.
    public var backoff: Backoff
    /// Rules for single error kinds, which replace the two above for failures of that kind.
    public var rules: [String: Rule]

    /// What a failure of one kind leads to.
    public enum Rule: Sendable, Hashable {
        /// Fail at once.
        case never
        /// At most this often over the job's life, after this wait.
        case retry(retries: Int, backoff: Backoff)
    }

    /// Makes a policy; negative `retries` count as none.
    public init(retries: Int, backoff: Backoff = .standard, rules: [String: Rule] = [:]) {
        self.retries = max(0, retries)
        self.backoff = backoff
        self.rules = rules
    }

    /// One attempt only.
    public static let none = RetryPolicy(retries: 0)
    /// Three retries after about 1, 2 and 4 seconds: what a Swift kind has that says nothing.
    public static let standard = RetryPolicy(retries: 3)

    /// The wait before the next attempt, or nil when none may follow.
    ///
    /// - Parameters:
    ///   - failures: failed or timed-out attempts of this generation, the present one included; at least 1.
    ///   - errorKind: the kind the failure named, if any.
    ///   - entropy: 64 random bits for the jitter.
    public func delay(afterFailure failures: Int, errorKind: String?, entropy: UInt64) -> Duration? {
        switch errorKind.flatMap({ rules[$0] }) {
        case .never: nil
        case .retry(let retries, let backoff):
            failures <= retries ? backoff.delay(beforeRetry: failures, entropy: entropy) : nil
        case nil: failures <= retries ? backoff.delay(beforeRetry: failures, entropy: entropy) : nil
        }
    }
}
