/// How the long-running parts tell time and wait: passed in, so that tests and the simulator own it.
public struct Timekeeper: Sendable {
    /// Time since some fixed moment, on a clock that never jumps and goes on while the machine sleeps.
    public let elapsed: @Sendable () -> Duration
    /// Waits; throws `CancellationError` when the task is cancelled meanwhile.
    public let sleep: @Sendable (Duration) async throws -> Void

    /// Makes a timekeeper of two functions.
    public init(
        elapsed: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.elapsed = elapsed
        self.sleep = sleep
    }

    /// Makes a timekeeper whose long sleeps are a row of naps: a sleep of Swift's run-time that is cancelled leaves its
    /// timer behind until the time it was set for, and most sleeps here are limits that are cancelled long before.
    package init(
        elapsed: @escaping @Sendable () -> Duration, nap: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.init(
            elapsed: elapsed,
            sleep: { duration in
                let end = elapsed() + duration
                var rest = duration
                repeat {
                    try await nap(min(rest, Self.longestNap))
                    rest = end - elapsed()
                } while rest > .zero
            })
    }

    /// Short enough for what cancelled sleeps leave behind to stay small, long enough for a thousand sleepers to be cheap.
    private static let longestNap = Duration.seconds(10)

    /// The machine's continuous clock.
    public static let continuous: Timekeeper = {
        let clock = ContinuousClock()
        let start = clock.now
        return Timekeeper(
            elapsed: { start.duration(to: clock.now) },
            nap: { try await clock.sleep(for: $0) })
    }()
}
