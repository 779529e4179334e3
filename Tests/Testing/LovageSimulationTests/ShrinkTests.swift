import Testing

@testable import LovageSimulation

struct ShrinkTests {
    @Test func `a failing world is shrunk to what it needs in order to fail`() throws {
        let simulator = Simulator(profile: .network, mutant: .promotesEarly)
        let failure = try #require(simulator.run(seeds: 1..<61).failures.first)
        let shrunk = try #require(simulator.shrink(failure.seed))
        #expect(shrunk.result.violation?.invariant == failure.violation.invariant)
        #expect(shrunk.original == Plan(seed: failure.seed, profile: .network))
        let waits = [shrunk.plan.timed, shrunk.plan.failure, shrunk.plan.snooze]
        #expect(waits.contains { $0 > 0 }, "early promotion needs a job that waits for a time")
        #expect(shrunk.plan.dropReply == 0)
        #expect(shrunk.plan.workerCrashes == 0)
        #expect(shrunk.plan.jobs < shrunk.original.jobs)
        #expect(shrunk.result.log.count == shrunk.result.events)
    }

    @Test func `a world in which all is well is not shrunk`() {
        #expect(Simulator(profile: .mixed).shrink(1) == nil)
    }

    @Test func `a smaller plan differs in one thing and none is the plan itself`() {
        let plan = Plan(seed: 3, profile: .workflow)
        for candidate in plan.smaller { #expect(candidate.plan != plan, "\(candidate.name)") }
        #expect(Set(plan.smaller.map(\.name)).count == plan.smaller.count)
        #expect(plan.smaller.contains { $0.plan.workflows == 0 })
    }
}
