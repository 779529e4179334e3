import LovageCore
import LovageWorker
import Testing

@Suite struct ClaimLoopTests {
    @Test func `it asks for its free slots when it is woken, once at a time`() {
        var loop = ClaimLoop(slots: 4)
        #expect(loop.handle(.woken) == .claim(limit: 4, starting: 4))
        #expect(loop.handle(.woken) == .rest)
    }

    @Test func `a wake-up during a claim is not lost`() {
        var loop = ClaimLoop(slots: 4)
        _ = loop.handle(.woken)
        _ = loop.handle(.woken)
        #expect(loop.handle(.claimed(0)) == .claim(limit: 4, starting: 4))
        #expect(loop.handle(.claimed(0)) == .rest)
    }

    @Test func `it asks again as long as an answer brings something and there is room`() {
        var loop = ClaimLoop(slots: 2)
        _ = loop.handle(.woken)
        #expect(loop.handle(.claimed(1)) == .claim(limit: 1, starting: 1))
        #expect(loop.handle(.claimed(1)) == .rest)
        #expect(loop.handle(.released(1)) == .claim(limit: 1, starting: 1))
        #expect(loop.handle(.claimed(0)) == .rest)
        #expect(loop.handle(.released(1)) == .rest)
    }

    @Test func `a failed claim is tried again after a growing, bounded wait`() {
        var loop = ClaimLoop(slots: 1)
        _ = loop.handle(.woken)
        var waits: [Duration] = []
        for _ in 0..<10 {
            if case .wait(let wait) = loop.handle(.claimFailed) { waits.append(wait) }
            _ = loop.handle(.woken)
        }
        #expect(waits.first == .milliseconds(100))
        #expect(waits == waits.sorted())
        #expect(waits.last == .seconds(10))
    }

    @Test func `draining asks for nothing and finishes with the last job`() {
        var loop = ClaimLoop(slots: 2)
        _ = loop.handle(.woken)
        _ = loop.handle(.claimed(2))
        #expect(loop.handle(.drained) == .rest)
        #expect(loop.handle(.woken) == .rest)
        #expect(loop.handle(.released(1)) == .rest)
        #expect(loop.handle(.released(1)) == .finish)
    }

    @Test func `draining waits for the claim under way`() {
        var loop = ClaimLoop(slots: 2)
        _ = loop.handle(.woken)
        #expect(loop.handle(.drained) == .rest)
        #expect(loop.handle(.claimed(1)) == .rest)
        #expect(loop.handle(.released(1)) == .finish)
    }

    @Test func `what comes in the place of what ended is held, and says that there may be more`() {
        var loop = ClaimLoop(slots: 2)
        #expect(loop.handle(.woken) == .claim(limit: 2, starting: 2))
        #expect(loop.handle(.claimed(2)) == .rest)
        #expect(loop.handle(.released(1, claimed: 1)) == .rest)
        #expect(loop.held == 2)
        #expect(loop.handle(.released(2, claimed: 1)) == .claim(limit: 1, starting: 1))
        #expect(loop.handle(.drained) == .rest)
        #expect(loop.handle(.claimed(0)) == .rest)
        #expect(loop.handle(.released(1, claimed: 0)) == .finish)
    }

    @Test func `it never holds more than slots and read-ahead, whatever happens`() {
        var generator = SplitMix64(seed: 7)
        for _ in 0..<200 {
            var loop = ClaimLoop(slots: Int.random(in: 1...8, using: &generator))
            var asked: Int?
            for _ in 0..<300 {
                let event: ClaimLoop.Event
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: event = .woken
                case 1:
                    guard let limit = asked else { continue }
                    event = .claimed(Int.random(in: 0...limit, using: &generator))
                    asked = nil
                case 2:
                    guard loop.held > 0 else { continue }
                    event = .released(Int.random(in: 1...loop.held, using: &generator))
                case 3:
                    guard loop.held > 0 else { continue }
                    let released = Int.random(in: 1...loop.held, using: &generator)
                    event = .released(released, claimed: Int.random(in: 0...released, using: &generator))
                default:
                    loop.readAhead = Int.random(in: 0...20, using: &generator)
                    continue
                }
                let room = loop.slots + loop.readAhead
                if case .claim(let limit, let starting) = loop.handle(event) {
                    #expect(asked == nil, "one claim at a time")
                    #expect(limit + loop.held <= room)
                    #expect(starting <= max(0, loop.slots - loop.held) && starting <= limit)
                    asked = limit
                }
            }
        }
    }

    @Test func `slow work is never read ahead, quick work is`() {
        var measure = ReadAhead()
        #expect(measure.count(slots: 4) == 0)
        for _ in 0..<200 { measure.measure(.microseconds(20)) }
        #expect(measure.count(slots: 4) > 100)
        measure.measure(.seconds(1))
        #expect(measure.count(slots: 4) == 0)
    }

    @Test func `a weighted order draws every queue once, the heavy one first more often`() {
        var generator = SplitMix64(seed: 3)
        let order = QueueOrder.weighted(["heavy": 3, "light": 1])
        var heavyFirst = 0
        for _ in 0..<4_000 {
            let drawn = order.draw(using: &generator)
            #expect(drawn.sorted() == ["heavy", "light"])
            if drawn.first == "heavy" { heavyFirst += 1 }
        }
        #expect((2_850...3_150).contains(heavyFirst))
    }
}
