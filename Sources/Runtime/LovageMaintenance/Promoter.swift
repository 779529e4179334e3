public import Logging
import LovageCore
public import LovageStore
public import ServiceLifecycle

/// Makes suspended jobs ready when their time comes.
///
/// It sleeps until the next one is due, or until a job with a time is stored: an idle store is not asked. A moment of
/// civil time is compared with the wall clock every second, without the store, because that clock may jump.
public struct Promoter: Service {
    private let store: any JobStore
    private let timekeeper: Timekeeper
    private let logger: Logger
    /// Most jobs in one commit.
    private static let bulk = 1_000
    /// How often the wall clock is looked at while a job waits for it.
    private static let wallTick = Duration.seconds(1)

    /// Makes a promoter for `store`.
    public init(_ store: any JobStore, logger: Logger, timekeeper: Timekeeper = .continuous) {
        self.store = store
        self.logger = logger
        self.timekeeper = timekeeper
    }

    /// Runs until graceful shutdown or cancellation.
    public func run() async {
        let (ticks, tick) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withTaskCancellationOrGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { for await _ in store.wakeUps.listen(to: [.timers]) { tick.yield() } }
                var alarm = Alarm()
                tick.yield()
                for await _ in ticks {
                    let wait = await promote()
                    guard let wait, let delay = alarm.arm(for: wait, at: timekeeper.elapsed()) else { continue }
                    group.addTask { if await timekeeper.pause(delay) { tick.yield() } }
                }
                group.cancelAll()
            }
        } onCancelOrGracefulShutdown: {
            tick.finish()
        }
    }

    /// Promotes all that is due; answers how long the next one waits.
    private func promote() async -> Duration? {
        do {
            while true {
                let promotion = try await store.promote(upTo: Self.bulk)
                if promotion.promoted == Self.bulk { continue }
                let now = store.now()
                let byStore = promotion.nextStoreTime.map { max(.zero, $0 - now.store) }
                let byWall = promotion.nextWallTime.map { min(max(.zero, $0 - now.wall), Self.wallTick) }
                return [byStore, byWall].compactMap { $0 }.min()
            }
        } catch {
            logger.error("Promotion failed, trying again", metadata: ["error": "\(error)"])
            return .seconds(1)
        }
    }
}

/// Remembers the earliest waking that is under way, so that a wake-up does not start another sleeper for a later one.
struct Alarm {
    private var earliest: Duration?

    /// The wait to start, nil when a sleeper under way wakes early enough.
    mutating func arm(for wait: Duration, at now: Duration) -> Duration? {
        if let earliest, earliest > now, earliest <= now + wait { return nil }
        earliest = now + wait
        return wait
    }
}

extension Timekeeper {
    /// Waits; false when the task was cancelled instead.
    func pause(_ duration: Duration) async -> Bool {
        do {
            try await sleep(duration)
            return true
        } catch {
            return false
        }
    }
}
