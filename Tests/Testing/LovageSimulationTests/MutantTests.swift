import LovageSimulation
import Testing

/// A checker that has never found anything proves nothing: each planted bug is found, by the promise it breaks.
struct MutantTests {
    struct Hunt: Sendable, CustomTestStringConvertible {
        let mutant: Mutant
        let profile: Plan.Profile
        /// What may be the first to break.
        let broken: Set<Invariant>
        var testDescription: String { mutant.rawValue }
    }

    static let hunts: [Hunt] = [
        Hunt(
            mutant: .answersBeforeCommit, profile: .crash,
            broken: [.acknowledgedIsKept, .oneKeyOneJob, .onlyThePresentFence, .nothingStarves]),
        Hunt(mutant: .acceptsStaleReports, profile: .network, broken: [.onlyThePresentFence]),
        Hunt(mutant: .leasesByWallClock, profile: .mixed, broken: [.leaseIsKept, .timesHold, .countsAreTrue]),
        Hunt(mutant: .sweepsAtOnce, profile: .crash, broken: [.leaseIsKept]),
        Hunt(
            mutant: .takesAnyClaimReply, profile: .workflow,
            broken: [.slotsAreCounted, .oneClaimAtATime, .workerGivesUp, .everythingEnds, .nothingStarves]),
        Hunt(mutant: .neverGivesUp, profile: .overload, broken: [.workerGivesUp]),
        Hunt(mutant: .ignoresPause, profile: .workflow, broken: [.pausedIsQuiet]),
        Hunt(mutant: .ignoresCapacity, profile: .overload, broken: [.boundHolds]),
        Hunt(mutant: .servesQueuesBackwards, profile: .mixed, broken: [.bestFirst]),
        Hunt(mutant: .promotesEarly, profile: .network, broken: [.notBeforeItsTime]),
        Hunt(
            mutant: .losesLastCommit, profile: .crash,
            broken: [
                .acknowledgedIsKept, .finishedIsFinal, .fenceGrows, .changesAreTold, .attemptsAreSound, .oneKeyOneJob,
                .leaseIsKept, .countsAreTrue,
            ]),
        Hunt(mutant: .forgetsKeys, profile: .network, broken: [.oneKeyOneJob, .keysHoldTheirWindow]),
        Hunt(mutant: .losesWakeUps, profile: .mixed, broken: [.nothingStarves]),
        Hunt(
            mutant: .startsStepsEarly, profile: .workflow, broken: [.stepsRunByRule, .stepsGetTheirData, .jobIsSound]),
    ]

    @Test func `every planted bug is hunted`() {
        #expect(Set(Self.hunts.map(\.mutant)) == Set(Mutant.allCases))
    }

    @Test(arguments: hunts) func `a planted bug is found within 60 worlds`(_ hunt: Hunt) throws {
        let summary = Simulator(profile: hunt.profile, mutant: hunt.mutant).run(seeds: 1..<61)
        let failure = try #require(summary.failures.first, "\(hunt.mutant) was not found")
        #expect(hunt.broken.contains(failure.violation.invariant), "\(failure.violation)")
        #expect(Simulator(profile: hunt.profile).run(failure.seed).violation == nil, "the seed fails without the bug")
    }
}
