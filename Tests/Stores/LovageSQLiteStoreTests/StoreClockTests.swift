#if SQLite
import LovageCore
import LovageStore
import LovageStoreContract
import Synchronization
import Testing

@testable import LovageSQLiteStore

struct StoreClockTests {
    /// Clocks of a machine that a test moves, and restarts.
    final class Machine: Sendable {
        struct Reading {
            var monotonic: Int64
            var wall: Int64
        }
        let reading: Mutex<Reading>

        init(monotonic: Int64, wall: Int64) { reading = Mutex(Reading(monotonic: monotonic, wall: wall)) }

        func clock(boot: String) -> SQLiteClock {
            SQLiteClock(
                monotonic: { self.reading.withLock { $0.monotonic } }, wall: { self.reading.withLock { $0.wall } },
                boot: boot)
        }
    }

    private let hour: Int64 = 3_600_000_000

    @Test func `a new store begins at the wall clock and follows the monotonic one`() {
        let machine = Machine(monotonic: 5, wall: 1_000_000)
        let clock = StoreClock(machine.clock(boot: "a"), kept: nil)
        #expect(clock.now().store.microseconds == 1_000_000)
        machine.reading.withLock { $0 = .init(monotonic: 15, wall: 9_000_000) }
        #expect(clock.now().store.microseconds == 1_000_010)
        #expect(clock.now().wall.microseconds == 9_000_000)
    }

    @Test func `it never runs backwards, even where the monotonic clock does`() {
        let machine = Machine(monotonic: 100, wall: 1_000_000)
        let clock = StoreClock(machine.clock(boot: "a"), kept: nil)
        let first = clock.now().store
        machine.reading.withLock { $0.monotonic = 50 }
        #expect(clock.now().store == first)
    }

    @Test func `a restart of the process keeps the offset, whatever the wall clock says`() {
        let machine = Machine(monotonic: 0, wall: 10 * hour)
        let kept = StoreClock(machine.clock(boot: "a"), kept: nil).kept(
            at: Moment(store: StoreTime(microseconds: 10 * hour), wall: WallTime(microseconds: 10 * hour)))
        machine.reading.withLock { $0 = .init(monotonic: 60, wall: 3 * hour) }
        #expect(StoreClock(machine.clock(boot: "a"), kept: kept).now().store.microseconds == 10 * hour + 60)
    }

    @Test(arguments: [(2, 2), (0, 0), (-5, 0)])
    func `a reboot takes the time between from the wall clock, and nothing when that went back`(
        hoursByWall: Int64, hoursPassed: Int64
    ) {
        let machine = Machine(monotonic: 7 * hour, wall: 10 * hour)
        let clock = StoreClock(machine.clock(boot: "a"), kept: nil)
        let kept = clock.kept(at: clock.now())
        machine.reading.withLock { $0 = .init(monotonic: 1, wall: (10 + hoursByWall) * hour) }
        let after = StoreClock(machine.clock(boot: "b"), kept: kept)
        #expect(after.now().store.microseconds == (10 + hoursPassed) * hour)
    }

    @Test func `a store that is opened again never reads earlier than anything it stored`() async throws {
        let folder = try ScratchFolder()
        let machine = Machine(monotonic: hour, wall: 100 * hour)
        var last = StoreTime(microseconds: 0)
        for (boot, monotonic, wall) in [("a", hour, 100 * hour), ("a", hour + 1, 90 * hour), ("b", 0, 50 * hour)] {
            machine.reading.withLock { $0 = .init(monotonic: monotonic, wall: wall) }
            let store = try SQLiteStore(SQLiteConfiguration(path: folder.file(), clock: machine.clock(boot: boot)))
            #expect(store.now().store >= last)
            machine.reading.withLock { $0.monotonic += 30_000_000 }
            let number = Int(last.microseconds % 1_000_000_007) + 1
            _ = try await store.submit(submissions(1, from: number))
            last = try #require(try await store.job(submissions(1, from: number)[0].id)).submitted.store
            try store.close()
        }
    }

    @Test func `a wall clock before 1970 refuses submissions and changes nothing`() async throws {
        let folder = try ScratchFolder()
        let clock = VirtualClock(
            at: Moment(store: StoreTime(microseconds: 1), wall: WallTime(microseconds: -1)))
        let store = try folder.store(clock: clock)
        let error = await #expect(throws: (any Error).self) { try await store.submit(submissions(1)) }
        #expect("\(error.debugDescription)".contains("1970"))
        #expect(try await store.queues().isEmpty)
    }
}
#endif
