import LovageCore
import Testing

@testable import LovageStore

@Suite struct SystemClockTests {
    @Test func `a wall clock before 1970 is refused with what to do`() {
        let error = #expect(throws: StoreError.self) {
            try SystemClock(notBefore: StoreTime(microseconds: 0), wall: -1, monotonic: 5)
        }
        #expect(error?.code == .environment)
        #expect(error?.description.contains("before 1970: set the machine's time") == true)
        #expect(throws: Never.self) { try SystemClock(notBefore: StoreTime(microseconds: 0), wall: 0, monotonic: 5) }
    }

    @Test func `it begins near the wall clock, and never before the given moment`() throws {
        let clock = try SystemClock()
        let now = clock.now()
        #expect(abs(now.store.microseconds - now.wall.microseconds) < 3_600_000_000)
        let floor = StoreTime(microseconds: now.store.microseconds + 3_600_000_000)
        #expect(try SystemClock(notBefore: floor).now().store >= floor)
    }
}
