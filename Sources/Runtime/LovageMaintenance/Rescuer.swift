public import Logging
public import LovageStore
public import ServiceLifecycle

/// Ends leases, start windows and deadlines whose time is over.
///
/// When its own ticks were far apart the process was stopped (SIGSTOP, a suspended machine, a starved host) or the store
/// kept a sweep waiting, and so perhaps the signs of life of workers whose leases look expired. When a sweep failed, so
/// perhaps did theirs (a full disk). They get one lease to renew before anything is taken from them.
public struct Rescuer: Service {
    private let store: any JobStore
    private let timekeeper: Timekeeper
    private let logger: Logger
    private let tick: Duration
    private let grace: Duration
    /// Most jobs in one commit.
    private static let bulk = 1_000

    /// Makes a rescuer that looks every `tick`, and waits `grace` after a gap longer than half of it.
    public init(
        _ store: any JobStore, logger: Logger, timekeeper: Timekeeper = .continuous, tick: Duration = .seconds(1),
        grace: Duration = .seconds(30)
    ) {
        self.store = store
        self.logger = logger
        self.timekeeper = timekeeper
        self.tick = tick
        self.grace = grace
    }

    /// Runs until graceful shutdown or cancellation.
    public func run() async {
        await cancelWhenGracefulShutdown {
            var gate = SweepGate(gap: tick + grace / 2, grace: grace, at: timekeeper.elapsed())
            while await timekeeper.pause(tick) {
                guard gate.opens(at: timekeeper.elapsed()) else { continue }
                if await !sweep() { gate.close(at: timekeeper.elapsed()) }
            }
        }
    }

    /// Ends what is over; false when the store did not let it.
    private func sweep() async -> Bool {
        do {
            while try await store.sweep(upTo: Self.bulk) == Self.bulk {}
            return true
        } catch {
            logger.error("Sweep failed, trying again", metadata: ["error": "\(error)"])
            return false
        }
    }
}

/// Decides whether a sweep may run: not for a while after a gap in its ticks, or after one that failed.
struct SweepGate: Equatable {
    private let gap: Duration
    private let grace: Duration
    private var last: Duration
    private var closedUntil: Duration?

    init(gap: Duration, grace: Duration, at now: Duration) {
        self.gap = gap
        self.grace = grace
        last = now
    }

    mutating func opens(at now: Duration) -> Bool {
        defer { last = now }
        if now - last > gap { close(at: now) }
        guard let closed = closedUntil else { return true }
        if now < closed { return false }
        closedUntil = nil
        return true
    }

    mutating func close(at now: Duration) { closedUntil = now + grace }
}
