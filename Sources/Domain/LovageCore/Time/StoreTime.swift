/// A moment on the store's own clock, in whole microseconds; it never runs backwards.
///
/// It judges leases, delays, retries and deadlines. It starts near the wall clock when a store is made, so that it can
/// be shown to people, but nothing corrects it afterwards: a wall clock that jumps moves no lease.
public struct StoreTime: Sendable, Hashable, Comparable {
    /// Microseconds since the clock's beginning.
    public let microseconds: Int64
    /// Takes microseconds since the clock's beginning.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// Orders earlier first.
    public static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }
    /// The moment `duration` later, held at the ends of the range instead of overflowing.
    public static func + (left: Self, right: Duration) -> Self {
        Self(microseconds: left.microseconds.addingSaturated(right.wholeMicroseconds))
    }
    /// How long after `right` this moment is, negative when it is before; held at the ends of the range.
    public static func - (left: Self, right: Self) -> Duration {
        .microseconds(left.microseconds.subtractingSaturated(right.microseconds))
    }
}

/// A moment of civil time, in whole microseconds since 1970-01-01 UTC; it may jump.
///
/// It judges "at" and schedules, nothing else.
public struct WallTime: Sendable, Hashable, Comparable {
    /// Microseconds since 1970-01-01 UTC.
    public let microseconds: Int64
    /// Takes microseconds since 1970-01-01 UTC.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// Orders earlier first.
    public static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }
    /// The moment `duration` later, held at the ends of the range instead of overflowing.
    public static func + (left: Self, right: Duration) -> Self {
        Self(microseconds: left.microseconds.addingSaturated(right.wholeMicroseconds))
    }
    /// How long after `right` this moment is, negative when it is before; held at the ends of the range.
    public static func - (left: Self, right: Self) -> Duration {
        .microseconds(left.microseconds.subtractingSaturated(right.microseconds))
    }
}

/// The same instant on both clocks, read once and passed to a decision.
public struct Moment: Sendable, Hashable {
    /// Judges leases, delays, retries and deadlines.
    public let store: StoreTime
    /// Judges "at" and schedules.
    public let wall: WallTime
    /// Pairs two readings.
    public init(store: StoreTime, wall: WallTime) {
        self.store = store
        self.wall = wall
    }

    /// The moment at which the store's clock reads `other`, if the wall clock does not jump before.
    public func moving(to other: StoreTime) -> Moment { Moment(store: other, wall: wall + (other - store)) }
}

extension Duration {
    /// Its length in whole microseconds, rounded towards zero and held at the ends of the range.
    public var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        return product.addingSaturated(attoseconds / 1_000_000_000_000)
    }
}

extension Int64 {
    func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        if overflow { return other < 0 ? .min : .max }
        return sum
    }

    /// Not the sum with the negative: the smallest number has none.
    func subtractingSaturated(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        if overflow { return other > 0 ? .min : .max }
        return difference
    }
}
