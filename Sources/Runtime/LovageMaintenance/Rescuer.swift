public import Logging
public import LovageStore
public import ServiceLifecycle

/// Ends leases, start windows and deadlines whose time is over.
///
/// When its own ticks were far apart the process was stopped (SIGSTOP, a suspended machine, a starved host), and so
/// perhaps were the workers whose leases look expired. They get one lease to renew before anything is taken from them.
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
                await sweep()
            }
        }
    }

    private func sweep() async {
        do {
            while try await store.sweep(upTo: Self.bulk) == Self.bulk {}
        } catch {
            logger.error("Sweep failed, trying again", metadata: ["error": "\(error)"])
        }
    }
}

/// Decides whether a sweep may run: not for a while after a gap in its ticks.
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
        if now - last > gap { closedUntil = now + grace }
        guard let closed = closedUntil else { return true }
        if now < closed { return false }
        closedUntil = nil
        return true
    }
}
