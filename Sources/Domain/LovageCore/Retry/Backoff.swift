/// The wait before the n-th retry.
public enum Backoff: Sendable, Hashable {
    /// The same wait each time.
    case fixed(Duration)
    /// One wait a retry; the last one serves all further retries. An empty list waits for nothing.
    case list([Duration])
    /// `base`, doubled each time and held at `cap`; with `jitter` a random part of it, from nothing to the whole
    /// ("full jitter"), so that jobs that failed together do not come back together.
    case exponential(base: Duration, cap: Duration, jitter: Bool)

    /// 1 s, doubled up to 10 minutes, with full jitter.
    public static let standard = Backoff.exponential(base: .seconds(1), cap: .seconds(600), jitter: true)

    /// The wait before retry number `retry`, counted from 1.
    func delay(beforeRetry retry: Int, entropy: UInt64) -> Duration {
        switch self {
        case .fixed(let wait): return max(.zero, wait)
        case .list(let waits):
            guard let last = waits.last else { return .zero }
            return max(.zero, retry <= waits.count ? waits[retry - 1] : last)
        case .exponential(let base, let cap, let jitter):
            let ceiling = Self.doubled(base, times: retry - 1, cap: cap)
            guard jitter else { return ceiling }
            return .microseconds(Int64(Self.fraction(of: UInt64(max(0, ceiling.wholeMicroseconds)), entropy)))
        }
    }

    private static func doubled(_ base: Duration, times: Int, cap: Duration) -> Duration {
        let base = max(0, base.wholeMicroseconds)
        let cap = max(0, cap.wholeMicroseconds)
        // 2^40 microseconds are 12 days: past that only the cap can hold, and a shift could overflow.
        guard times < 40, base <= cap >> Int64(times) else { return .microseconds(cap) }
        return .microseconds(base << Int64(times))
    }

    /// Maps 64 random bits evenly to 0...range.
    private static func fraction(of range: UInt64, _ entropy: UInt64) -> UInt64 {
        (range &+ 1).multipliedFullWidth(by: entropy).high
    }
}
