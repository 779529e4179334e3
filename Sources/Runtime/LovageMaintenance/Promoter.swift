public import Logging
public import LovageCore
public import LovageStore
public import ServiceLifecycle

/// Makes suspended jobs ready when their time comes.
///
/// It sleeps until the next one is due, or until a job with a time is stored: an idle store is not asked. A little before
/// that it lets claims that wait take the job, which then starts in time without a commit in between, and again when the
/// time has come, for what nobody took. A moment of civil time is compared with the wall clock every second, without the
/// store, because that clock may jump.
public struct Promoter: Service {
    private let store: any JobStore
    private let timekeeper: Timekeeper
    private let logger: Logger
    private let ahead: Duration
    /// Most jobs in one commit.
    private static let bulk = 1_000
    /// How often the wall clock is looked at while a job waits for it.
    private static let wallTick = Duration.seconds(1)

    /// Makes a promoter for `store`. Workers are offered jobs `ahead` of their time, none when it is zero.
    public init(
        _ store: any JobStore, logger: Logger, timekeeper: Timekeeper = .continuous,
        ahead: Duration = ClaimRule.usualAhead
    ) {
        self.ahead = ahead
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
                var turns = ticks.makeAsyncIterator()
                var found = Found.due(await promote())
                while case .due(let due) = found { found = await sleep(until: due, &turns, tick) }
                group.cancelAll()
            }
        } onCancelOrGracefulShutdown: {
            tick.finish()
        }
    }

    /// What came of a sleep.
    private enum Found {
        /// Another moment to sleep until; nil when no job waits for a time.
        case due(Duration?)
        /// Nobody wants to be woken any more.
        case over
    }

    /// Sleeps until `due`, and promotes at every tick meanwhile, until there is another moment to sleep until.
    ///
    /// There is one sleeper at a time. It goes on when a tick brings no nearer moment; otherwise it ends before the next
    /// one begins, so that a job that is due tomorrow does not keep a sleeper for each that came before it.
    private func sleep(
        until due: Duration?, _ turns: inout AsyncStream<Void>.Iterator, _ tick: AsyncStream<Void>.Continuation
    ) async -> Found {
        await withDiscardingTaskGroup { sleeper in
            defer { sleeper.cancelAll() }
            if let due {
                sleeper.addTask { if await timekeeper.pause(due - timekeeper.elapsed()) { tick.yield() } }
            }
            while await turns.next() != nil {
                let next = await promote()
                if let due, due > timekeeper.elapsed(), next.map({ due <= $0 }) ?? true { continue }
                if due != nil || next != nil { return .due(next) }
            }
            return .over
        }
    }

    /// Promotes all that is due; answers when the next one is, on the timekeeper's clock.
    private func promote() async -> Duration? {
        do {
            while true {
                let promotion = try await store.promote(upTo: Self.bulk)
                if promotion.promoted == Self.bulk { continue }
                let now = store.now()
                let byStore = promotion.nextStoreTime.map { wait(until: $0 - now.store) }
                let byWall = promotion.nextWallTime.map { min(wait(until: $0 - now.wall), Self.wallTick) }
                return [byStore, byWall].compactMap { $0 }.min().map { timekeeper.elapsed() + $0 }
            }
        } catch {
            logger.error("Promotion failed, trying again", metadata: ["error": "\(error)"])
            return timekeeper.elapsed() + .seconds(1)
        }
    }

    /// How long to sleep before a moment that is `left` from now: until workers may be offered what is due then, or, when
    /// that has been done, until the moment itself.
    private func wait(until left: Duration) -> Duration { left > ahead ? left - ahead : max(.zero, left) }
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
