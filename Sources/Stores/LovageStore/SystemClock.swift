public import LovageCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The machine's clocks as a store reads them.
///
/// Store time is the monotonic clock plus an offset that is fixed when the clock is made: it begins near the wall clock,
/// so that it can be shown to people, and never before `floor`, so that a store that is opened again never goes back.
public struct SystemClock: Sendable {
    private let offset: Int64

    /// Reads the machine's clocks; throws when the wall clock stands before 1970.
    public init(notBefore floor: StoreTime = StoreTime(microseconds: 0)) throws(StoreError) {
        try self.init(notBefore: floor, wall: Self.read(CLOCK_REALTIME), monotonic: Self.read(Self.monotonic))
    }

    /// Begins with what both clocks read, in microseconds.
    init(notBefore floor: StoreTime, wall: Int64, monotonic: Int64) throws(StoreError) {
        guard wall >= 0 else {
            throw StoreError(
                .environment, attempted: "read the clock", cause: "it stands before 1970: set the machine's time")
        }
        offset = max(wall, floor.microseconds) - monotonic
    }

    /// Both clocks, now.
    public func now() -> Moment {
        Moment(
            store: StoreTime(microseconds: Self.read(Self.monotonic) + offset),
            wall: WallTime(microseconds: Self.read(CLOCK_REALTIME)))
    }

    #if os(Linux)
    /// Goes on while the machine is suspended, as leases must.
    private static let monotonic = CLOCK_BOOTTIME
    #else
    private static let monotonic = CLOCK_MONOTONIC
    #endif

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        let result = clock_gettime(clock, &time)
        precondition(result == 0, "the machine has this clock")
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
