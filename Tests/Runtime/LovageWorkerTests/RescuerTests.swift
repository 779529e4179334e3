import LovageCore
import LovageMemoryStore
import LovageStore
import LovageTesting
import Testing

@testable import LovageMaintenance

struct RescuerTests {
    /// A gate, and the seconds at which it was asked and opened.
    private struct Asked {
        var gate = SweepGate(gap: .seconds(16), grace: .seconds(30), at: .zero)
        mutating func opened(at seconds: some Sequence<Int>) -> [Int] {
            seconds.filter { gate.opens(at: .seconds($0)) }
        }
    }

    @Test func `sweeps run at every tick as long as the ticks come in time`() {
        var asked = Asked()
        #expect(asked.opened(at: 1...100) == Array(1...100))
    }

    @Test func `after a gap nothing is swept for a lease, so that whoever stood still as well can renew first`() {
        var asked = Asked()
        #expect(asked.opened(at: [1]) == [1])
        #expect(asked.opened(at: 40...71) == [70, 71])
    }

    /// What kept the sweep from being written kept the signs of life too. The disk had room again, the sweep came first,
    /// and every job that had been running meanwhile counted as lost.
    @Test func `after a sweep that failed nothing is swept for a lease`() {
        var asked = Asked()
        #expect(asked.opened(at: [1]) == [1])
        asked.gate.close(at: .seconds(1))
        #expect(asked.opened(at: 2...32) == [31, 32])
    }

    @Test func `a gap in the closed time begins it anew`() {
        var asked = Asked()
        asked.gate.close(at: .zero)
        #expect(asked.opened(at: [20, 30, 40, 49, 50]) == [50])
    }
}
