import LovageCore
import LovageStore
import Testing

@testable import LovageWorker

/// No two attempts with processes, of one job or with one unique key, run at once in a worker.
@Suite struct TurnsTests {
    private func job(
        _ number: UInt64, fence: Int64 = 1, arguments: JSONText = .emptyObject, unique: JobOptions.Uniqueness? = nil
    ) -> Job {
        let now = Moment(store: StoreTime(microseconds: 0), wall: WallTime(microseconds: 0))
        var job = Job(
            id: JobID(UUIDv7(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0000 | number)), kind: "script",
            arguments: arguments, options: JobOptions(unique: unique), submitted: now)
        job.fence = fence
        return job
    }

    @Test func `another attempt of a job waits for the one before it`() {
        var turns = Turns()
        #expect(turns.begin(job(1, fence: 1)) == true)
        #expect(turns.begin(job(1, fence: 3)) == false)
        #expect(turns.begin(job(2)) == true, "another job is free")
        #expect(turns.end(job(1, fence: 1)) == true)
        #expect(turns.begin(job(1, fence: 3)) == true)
        #expect(turns.end(job(1, fence: 1)) == false, "it is over already")
        #expect(turns.isRunning(job(1, fence: 3)))
    }

    @Test func `a job waits for another one with its unique key, and for no other`() {
        let other = JSONValue.object([JSONMember("n", 1)]).text()
        var turns = Turns()
        #expect(turns.begin(job(1, unique: .allArguments)) == true)
        #expect(turns.begin(job(2, unique: .allArguments)) == false)
        #expect(turns.begin(job(3, arguments: other, unique: .allArguments)) == true)
        #expect(turns.begin(job(4)) == true, "it has no key")
        #expect(turns.end(job(1, unique: .allArguments)) == true)
        #expect(turns.begin(job(2, unique: .allArguments)) == true)
    }

    @Test func `an attempt that did not begin takes no lane and gives none back`() {
        var turns = Turns()
        #expect(turns.begin(job(1, fence: 1, unique: .allArguments)) == true)
        #expect(turns.begin(job(2, unique: .allArguments)) == false)
        #expect(turns.end(job(2, unique: .allArguments)) == false)
        #expect(turns.begin(job(1, fence: 3, unique: .allArguments)) == false)
        #expect(turns.end(job(1, fence: 1, unique: .allArguments)) == true)
        #expect(turns == Turns(), "nothing is kept")
    }

    /// Random attempts of a few jobs and keys: whatever the order, no two in one lane run at once, and nothing stays.
    @Test func `in any order no two run at once that may not`() {
        for seed in 0..<200 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            var turns = Turns()
            var running: [Job] = []
            for step in 0..<100 {
                if Bool.random(using: &random), let over = running.randomElement(using: &random) {
                    #expect(turns.end(over) == true)
                    running.removeAll { $0.hold == over.hold }
                } else {
                    let next = job(
                        UInt64.random(in: 1...3, using: &random), fence: Int64(step),
                        unique: Bool.random(using: &random) ? .allArguments : nil)
                    let isFree = running.allSatisfy { other in
                        other.id != next.id && (next.uniqueKey == nil || other.uniqueKey != next.uniqueKey)
                    }
                    #expect(turns.begin(next) == isFree, "seed \(seed)")
                    if isFree { running.append(next) }
                }
            }
            for job in running { #expect(turns.end(job) == true) }
            #expect(turns == Turns())
        }
    }
}
