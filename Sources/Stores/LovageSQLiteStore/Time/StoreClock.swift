#if SQLite
public import LovageCore
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Where a store reads time: the machine's clocks, or a test's.
public struct SQLiteClock: Sendable {
    /// Microseconds on a clock that never jumps and goes on while the machine sleeps.
    public let monotonic: @Sendable () -> Int64
    /// Microseconds since 1970-01-01 UTC.
    public let wall: @Sendable () -> Int64
    /// Names the life of the machine that `monotonic` counts in; another name means that it began again.
    public let boot: String
    /// True when `monotonic` is to be the time of a new store itself, as tests want it. By default a new store's time
    /// begins at the wall clock, so that people can read it.
    public let isStoreTime: Bool

    /// Makes a clock of two functions.
    public init(
        monotonic: @escaping @Sendable () -> Int64, wall: @escaping @Sendable () -> Int64, boot: String,
        isStoreTime: Bool = false
    ) {
        self.monotonic = monotonic
        self.wall = wall
        self.boot = boot
        self.isStoreTime = isStoreTime
    }

    /// A clock whose owner moves it: the time of a new store is what `moment` reads.
    public static func given(_ moment: @escaping @Sendable () -> Moment) -> SQLiteClock {
        SQLiteClock(
            monotonic: { moment().store.microseconds }, wall: { moment().wall.microseconds }, boot: "given",
            isStoreTime: true)
    }

    /// The clocks of this machine.
    public static let machine = SQLiteClock(
        monotonic: { read(CLOCK_BOOTTIME) }, wall: { read(CLOCK_REALTIME) }, boot: bootName())

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }

    /// Linux draws a new random name at each boot. Without one every opening counts as a new boot, which is safe.
    private static func bootName() -> String {
        let descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 36)
        let count = read(descriptor, into: &bytes)
        return count == 36 ? String(decoding: bytes, as: UTF8.self) : ""
    }

    private static func read(_ descriptor: Int32, into bytes: inout [UInt8]) -> Int {
        let count = bytes.count
        return bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, count) }
    }
}

/// The store's time: the machine's monotonic clock plus an offset kept in the file.
///
/// Opened again within one life of the machine, the offset is the same and no wall clock is asked. After a reboot the
/// monotonic clock begins anew; then the time since the last commit is taken from the wall clock, and counts as nothing
/// if that went backwards. In no case does it read earlier than what the file has seen.
final class StoreClock: Sendable {
    /// What a file keeps of its clock.
    struct Kept: Sendable, Equatable {
        /// Added to the monotonic clock.
        var offset: Int64
        /// The life of the machine `offset` belongs to.
        var boot: String
        /// The latest moment the file has seen.
        var lastStore: Int64
        /// The wall clock at that moment.
        var lastWall: Int64
    }

    private let source: SQLiteClock
    private let offset: Int64
    private let latest: Mutex<Int64>

    init(_ source: SQLiteClock, kept: Kept?) {
        self.source = source
        let monotonic = source.monotonic()
        let wall = source.wall()
        guard let kept else {
            offset = source.isStoreTime ? 0 : max(0, wall) - monotonic
            latest = Mutex(.min)
            return
        }
        if kept.boot == source.boot, !kept.boot.isEmpty {
            offset = max(kept.offset, kept.lastStore - monotonic)
        } else {
            offset = kept.lastStore + max(0, wall - kept.lastWall) - monotonic
        }
        latest = Mutex(kept.lastStore)
    }

    /// Both clocks, read now. The store's never reads earlier than it did before, in whatever order threads ask.
    func now() -> Moment {
        let read = source.monotonic() + offset
        let store = latest.withLock { latest in
            latest = max(latest, read)
            return latest
        }
        return Moment(store: StoreTime(microseconds: store), wall: WallTime(microseconds: source.wall()))
    }

    /// What the file has to keep, as of `moment`.
    func kept(at moment: Moment) -> Kept {
        Kept(
            offset: offset, boot: source.boot, lastStore: moment.store.microseconds, lastWall: moment.wall.microseconds)
    }
}
#endif
