public import Logging
public import LovageCore
public import LovageStore
public import ServiceLifecycle

/// Deletes finished jobs that their queue's settings no longer keep, in bounded slices.
public struct Pruner: Service {
    private let store: any JobStore
    private let timekeeper: Timekeeper
    private let logger: Logger
    private let tick: Duration
    private let pruned: @Sendable ([JobID]) async -> Void
    /// Most jobs in one commit: small, so that claims and submissions pass in between.
    private static let slice = 500

    /// Makes a pruner that looks every `tick`; `pruned` is told what is gone, so that logs can follow.
    public init(
        _ store: any JobStore, logger: Logger, timekeeper: Timekeeper = .continuous, tick: Duration = .seconds(60),
        pruned: @escaping @Sendable ([JobID]) async -> Void = { _ in }
    ) {
        self.store = store
        self.logger = logger
        self.timekeeper = timekeeper
        self.tick = tick
        self.pruned = pruned
    }

    /// Runs until graceful shutdown or cancellation.
    public func run() async {
        await cancelWhenGracefulShutdown {
            while await timekeeper.pause(tick) { await prune() }
        }
    }

    private func prune() async {
        do {
            while true {
                let gone = try await store.prune(upTo: Self.slice)
                if !gone.isEmpty { await pruned(gone) }
                // A pause between slices keeps the share of pruning in the store's time small, however much is due.
                guard gone.count == Self.slice, await timekeeper.pause(.milliseconds(20)) else { return }
            }
        } catch {
            logger.error("Pruning failed, trying again", metadata: ["error": "\(error)"])
        }
    }
}
