import Testing

@testable import LovageSimulation

struct ReplayTests {
    @Test(arguments: Plan.Profile.allCases) func `the same seed gives the same run`(_ profile: Plan.Profile) {
        let simulator = Simulator(profile: profile)
        for seed in [7, 4_711, UInt64.max] {
            let first = simulator.run(seed, keepsLog: true)
            let second = simulator.run(seed, keepsLog: true)
            #expect(first.trace == second.trace)
            #expect(first.log == second.log)
            #expect(first.events == first.log.count)
        }
    }

    @Test func `different seeds give different runs`() {
        let traces = (1...10 as ClosedRange<UInt64>).map { Simulator().run($0).trace }
        #expect(Set(traces).count == traces.count)
    }

    @Test func `what is found does not depend on the number of threads`() {
        for mutant in [nil, Mutant.promotesEarly] {
            let simulator = Simulator(profile: .network, mutant: mutant)
            let alone = simulator.run(seeds: 1..<40, stopAtFailure: mutant != nil, threads: 1)
            let shared = simulator.run(seeds: 1..<40, stopAtFailure: mutant != nil, threads: 4)
            #expect(alone.worlds == shared.worlds)
            #expect(alone.events == shared.events)
            #expect(alone.seen == shared.seen)
            #expect(alone.failures.map(\.seed) == shared.failures.map(\.seed))
            #expect(alone.failures.map(\.violation) == shared.failures.map(\.violation))
        }
    }

    @Test func `the timeline gives equal times in the order they were planned`() {
        var timeline = Timeline<Int>()
        for (event, time) in [(1, 5), (2, 3), (3, 5), (4, 1), (5, 3)] { timeline.plan(event, at: Int64(time)) }
        var order: [Int] = []
        while let next = timeline.next() {
            order.append(next.event)
            if next.event == 4 { timeline.plan(6, at: 3) }
        }
        #expect(order == [4, 2, 5, 6, 1, 3])
    }
}
