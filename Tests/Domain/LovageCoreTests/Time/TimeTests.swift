import LovageCore
import Testing

struct TimeTests {
    private let first = StoreTime(microseconds: .min)
    private let last = StoreTime(microseconds: .max)

    @Test func `adding and subtracting agree`() {
        let start = StoreTime(microseconds: 5)
        #expect(start + .microseconds(7) == StoreTime(microseconds: 12))
        #expect((start + .seconds(-1)) - start == .seconds(-1))
        #expect(WallTime(microseconds: 9) - WallTime(microseconds: 4) == .microseconds(5))
        #expect(StoreTime(microseconds: 1) < StoreTime(microseconds: 2))
    }

    @Test func `sums are held at the ends of the range`() {
        #expect(last + .microseconds(1) == last)
        #expect(first + .microseconds(-1) == first)
        #expect(StoreTime(microseconds: 1) + .seconds(Int64.max) == last)
        #expect(WallTime(microseconds: -1) + .seconds(Int64.min) == WallTime(microseconds: .min))
    }

    @Test func `differences are held at the ends of the range`() {
        #expect(last - first == .microseconds(Int64.max))
        #expect(first - last == .microseconds(Int64.min))
        #expect(StoreTime(microseconds: 0) - first == .microseconds(Int64.max))
        #expect(first - first == .zero)
        #expect(WallTime(microseconds: 0) - WallTime(microseconds: .min) == .microseconds(Int64.max))
    }

    @Test func `a duration counts its whole microseconds, rounded towards zero`() {
        #expect(Duration.nanoseconds(1_999).wholeMicroseconds == 1)
        #expect(Duration.nanoseconds(-1_999).wholeMicroseconds == -1)
        #expect(Duration.seconds(3).wholeMicroseconds == 3_000_000)
        #expect(Duration.seconds(Int64.max).wholeMicroseconds == .max)
        #expect(Duration.seconds(Int64.min).wholeMicroseconds == .min)
    }
}
