import LovageCore
import Testing

@testable import LovageWorker

/// When a worker claims while its machine lets attempts down.
@Suite struct MachineConditionTests {
    private static let full = MachineTrouble(.disk, "no space left")
    private static let now = StoreTime(microseconds: 7)

    private func wait(_ action: MachineCondition.Action) -> Duration? {
        if case .rest(let wait) = action { wait } else { nil }
    }

    @Test func `trouble ends claims, and only a job that has started begins them again`() {
        var machine = MachineCondition()
        #expect(machine.allowance == .all)
        #expect(wait(machine.handle(.letDown(Self.full, at: Self.now))) != nil)
        #expect(machine.allowance == .none)
        #expect(machine.handle(.probed(nil)) == .tryOne)
        #expect(machine.allowance == .one)
        #expect(machine.handle(.claimed) == .none)
        #expect(machine.allowance == .none, "one at a time")
        #expect(machine.handle(.started) == .goOn)
        #expect(machine == MachineCondition())
    }

    @Test func `rests grow up to a bound while the trouble lasts, whether the probe or a job finds it`() {
        var machine = MachineCondition()
        var waits = [wait(machine.handle(.letDown(Self.full, at: Self.now)))]
        for round in 0..<10 {
            if round % 2 == 0 {
                waits.append(wait(machine.handle(.probed(Self.full))))
            } else {
                _ = machine.handle(.probed(nil))
                _ = machine.handle(.claimed)
                waits.append(wait(machine.handle(.letDown(Self.full, at: StoreTime(microseconds: 9)))))
            }
        }
        let known = waits.compactMap { $0 }
        #expect(known.count == waits.count)
        #expect(known == known.sorted() && known.first == .milliseconds(250) && known.last == .seconds(4))
        guard case .resting(let spell) = machine.state else {
            Issue.record("\(machine.state)")
            return
        }
        #expect(spell.since == Self.now, "it is one time of trouble")
        #expect(spell.failures == 11)
    }

    @Test func `what met the same trouble, or began before it, changes nothing`() {
        var machine = MachineCondition()
        _ = machine.handle(.letDown(Self.full, at: Self.now))
        let before = machine
        for event in [MachineCondition.Event.letDown(Self.full, at: Self.now), .started, .claimed, .released] {
            #expect(machine.handle(event) == .none)
            #expect(machine == before)
        }
    }

    @Test func `a job that was tried and said nothing of the machine lets another one be tried`() {
        var machine = MachineCondition()
        _ = machine.handle(.letDown(Self.full, at: Self.now))
        _ = machine.handle(.probed(nil))
        _ = machine.handle(.claimed)
        #expect(machine.handle(.released) == .tryOne)
        #expect(machine.allowance == .one)
    }

    @Test func `a claim loop asks for nothing, or for one job, as the machine allows`() {
        var loop = ClaimLoop(slots: 4)
        loop.readAhead = 100
        loop.allowance = .none
        #expect(loop.handle(.woken) == .rest)
        loop.allowance = .one
        #expect(loop.handle(.woken) == .claim(limit: 1, starting: 1))
        loop.allowance = .none
        #expect(loop.handle(.claimed(1)) == .rest)
        loop.allowance = .all
        #expect(loop.handle(.woken) == .claim(limit: 103, starting: 3))
    }
}
