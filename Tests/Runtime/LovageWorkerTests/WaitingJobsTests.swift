import LovageCore
import Testing

@testable import LovageWorker

@Suite struct WaitingJobsTests {
    private func job(_ number: UInt64, _ kind: Kind = "quick", _ options: JobOptions = JobOptions()) -> Job {
        let now = Moment(store: StoreTime(microseconds: 0), wall: WallTime(microseconds: 0))
        return Job(
            id: JobID(UUIDv7(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0000 | number)), kind: kind,
            arguments: .emptyObject, options: options, submitted: now)
    }

    @Test func `a slot goes on with the next job, if that is of the same kind and nobody has to watch its time`() {
        let waiting = WaitingJobs()
        let limited = job(3, "quick", JobOptions(hardLimit: .seconds(1)))
        for next in [job(1), job(2, "other"), limited, job(4)] { #expect(waiting.append(next)) }
        #expect(waiting.next(after: job(0), .microseconds(1)) == job(1))
        #expect(waiting.next(after: job(1), .microseconds(1)) == nil, "the job that has waited longest goes first")
        #expect(waiting.next() == job(2, "other"))
        #expect(waiting.next(after: job(2, "other"), .microseconds(1)) == nil)
        #expect(waiting.next(after: job(1), .microseconds(1)) == nil)
        #expect(waiting.next() == limited)
        #expect(waiting.next(after: job(1), .microseconds(1)) == job(4))
        #expect(waiting.next() == nil)
    }

    @Test func `once closed it gives back what waits and takes nothing`() {
        let waiting = WaitingJobs()
        for number in 1...3 { _ = waiting.append(job(UInt64(number))) }
        #expect(waiting.close() == [job(1), job(2), job(3)])
        #expect(!waiting.append(job(4)))
        #expect(waiting.next() == nil)
        #expect(waiting.close() == [])
    }

    @Test func `what is read ahead follows how long attempts take`() {
        let waiting = WaitingJobs()
        #expect(waiting.readAhead(slots: 2) == 0)
        for _ in 0..<200 { _ = waiting.next(after: job(1), .microseconds(50)) }
        #expect(waiting.readAhead(slots: 2) > 100)
        _ = waiting.next(after: job(1), .seconds(1))
        #expect(waiting.readAhead(slots: 2) == 0)
    }

    @Test func `first in is first out, however many come and go`() {
        var line = Fifo<Int>()
        var expected: [Int] = []
        for number in 0..<1_000 {
            line.append(number)
            expected.append(number)
            if number % 3 != 0 { #expect(line.popFirst() == expected.removeFirst()) }
            #expect(line.first == expected.first)
        }
        #expect(line.removeAll() == expected)
        #expect(line.isEmpty)
        #expect(line.popFirst() == nil)
    }

    @Test func `what was taken from a line is let go at once, although the line is cut later`() {
        final class Thing {}
        var line = Fifo<Thing>()
        weak var taken: Thing?
        weak var left: Thing?
        do {
            let things = [Thing(), Thing()]
            for thing in things { line.append(thing) }
            (taken, left) = (line.popFirst(), things[1])
        }
        #expect(taken == nil)
        #expect(left != nil)
    }
}
