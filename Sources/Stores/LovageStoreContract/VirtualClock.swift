public import LovageCore
import Synchronization

/// A pair of clocks that stand still until they are moved.
///
/// The store's clock and the wall clock begin far apart, so that a store that mixes them up is found out.
public final class VirtualClock: Sendable {
    private let moment: Mutex<Moment>

    /// Makes clocks that begin at `start`; by default a day of 2026 by the wall, and a fortnight less by the store.
    public init(
        at start: Moment = Moment(
            store: StoreTime(microseconds: 1_790_000_000_000_000 - 14 * 86_400_000_000),
            wall: WallTime(microseconds: 1_790_000_000_000_000))
    ) {
        moment = Mutex(start)
    }

    /// What both clocks read.
    public var now: Moment { moment.withLock { $0 } }

    /// The same as a closure, for a store's initialiser.
    public var read: @Sendable () -> Moment { { self.now } }

    /// Lets time pass on both clocks.
    public func advance(by duration: Duration) {
        precondition(duration >= .zero, "time does not run backwards")
        moment.withLock { $0 = Moment(store: $0.store + duration, wall: $0.wall + duration) }
    }

    /// Sets the wall clock forwards or backwards, as a person or a time server would; no time passes.
    public func jumpWall(by duration: Duration) {
        moment.withLock { $0 = Moment(store: $0.store, wall: $0.wall + duration) }
    }
}
