import LovageCore
import LovageWorker
import Testing

/// What of an attempt's limits counts.
@Suite struct AttemptLimitsTests {
    private func limits(_ soft: Int?, _ hard: Int?, deadline: Int?, begun: Int) -> AttemptLimits {
        let start = Moment(store: StoreTime(microseconds: 0), wall: WallTime(microseconds: 0))
        let options = JobOptions(
            deadline: deadline.map { .seconds($0) }, softLimit: soft.map { .seconds($0) },
            hardLimit: hard.map { .seconds($0) })
        let job = Job(
            id: JobID(UUIDv7(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0001)), kind: "work",
            arguments: .emptyObject, options: options, submitted: start)
        return AttemptLimits(of: job, beginning: start.store + .seconds(begun))
    }

    /// Every combination of none, short, middle and long for each, begun at the submission and later.
    @Test func `the soft limit comes before the hard one, and both before the deadline`() {
        let choices: [Int?] = [nil, 5, 10, 20]
        for soft in choices {
            for hard in choices {
                for deadline in choices {
                    for begun in [0, 7, 30] {
                        let limits = limits(soft, hard, deadline: deadline, begun: begun)
                        let left = deadline.map { max(0, $0 - begun) }
                        let end = [hard, left].compactMap { $0 }.min()
                        #expect(limits.hard == end.map { .seconds($0) })
                        #expect(limits.soft == soft.flatMap { $0 < end ?? .max ? .seconds($0) : nil })
                        #expect(limits.isDeadline == (left != nil && left == end && left != hard))
                    }
                }
            }
        }
    }

    @Test func `the message names what was passed`() {
        #expect(
            limits(1, 30, deadline: nil, begun: 0).softFailure.message
                == "ran longer than its soft limit of 1.0 seconds")
        #expect(
            limits(1, 30, deadline: nil, begun: 0).hardFailure.message
                == "ran longer than its hard limit of 30.0 seconds")
        #expect(limits(1, 30, deadline: 20, begun: 0).hardFailure.message == "still ran at the deadline of its job")
    }
}
