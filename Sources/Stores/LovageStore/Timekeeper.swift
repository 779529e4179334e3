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

    /// The machine's continuous clock.
    public static let continuous: Timekeeper = {
        let clock = ContinuousClock()
        let start = clock.now
        return Timekeeper(
            elapsed: { start.duration(to: clock.now) },
            sleep: { try await clock.sleep(for: $0) })
    }()
}
