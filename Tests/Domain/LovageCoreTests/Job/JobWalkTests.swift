import LovageCore
import Testing

/// What holds along every way through a job's life, checked on many random ones.
struct JobWalkTests {
    private static let seeds: Range<UInt64> = 0..<150
    private static let steps = 120

    private func walk(_ check: (JobWalk.Step, JobWalk, String) throws -> Void) throws {
        for seed in Self.seeds {
            var walk = JobWalk(seed: seed)
            for number in 0..<Self.steps {
                let step = try walk.step()
                try check(step, walk, "seed \(seed), step \(number): \(step.before.state) and \(step.event)")
            }
        }
    }

    @Test func `the invariants of every state hold`() throws {
        try walk { _, walk, place in
            if let broken = walk.job.brokenInvariant { Issue.record("\(broken): \(place)") }
        }
    }

    @Test func `the fence never falls, and every claim and every end from outside raises it`() throws {
        try walk { step, walk, place in
            #expect(walk.job.fence >= step.before.fence, "\(place)")
            guard case .change = step.decision else { return }
            let raises: Bool
            switch step.event {
            case .claimed, .ownerGone, .leaseExpired, .cancelled, .deadlinePassed, .startWindowPassed, .retried:
                raises = true
            case .becameDue, .needsSettled, .merged, .standInEnded, .signalled, .startConfirmed, .renewed, .published,
                .reported, .blocked, .unblocked:
                raises = false
            }
            if raises { #expect(walk.job.fence == step.before.fence + 1, "\(place)") }
        }
    }

    @Test func `an attempt is open exactly while its job runs, and every other one has one end`() throws {
        try walk { _, walk, place in
            let open = walk.attempts.filter { $0.end == nil }
            #expect(open.count == (walk.job.state.name == .running ? 1 : 0), "\(place)")
            #expect(walk.attempts.map(\.number) == Array(1..<walk.attempts.count + 1), "\(place)")
            #expect(walk.attempts.count == walk.job.attempts, "\(place)")
            if let last = open.first { #expect(last.fence == walk.job.fence, "\(place)") }
        }
    }

    @Test func `what is finished stays as it is until somebody retries it by hand`() throws {
        try walk { step, walk, place in
            guard step.before.outcome != nil else { return }
            if case .change = step.decision {
                #expect(walk.job.generation == step.before.generation + 1, "\(place)")
                if case .retried = step.event { return }
                Issue.record("\(place)")
            } else {
                #expect(walk.job == step.before, "\(place)")
            }
        }
    }

    @Test func `no budget is ever exceeded, and each is used by the attempts it counts`() throws {
        try walk { _, walk, place in
            let (job, options) = (walk.job, walk.job.options)
            let ends = walk.attempts.filter { $0.generation == job.generation }.compactMap { $0.end?.name }
            #expect(job.used.failed == ends.count { $0 == .failed || $0 == .timedOut }, "\(place)")
            #expect(job.used.crashed == ends.count { $0 == .lost }, "\(place)")
            #expect(job.used.unstarted == ends.count { $0 == .lostUnstarted }, "\(place)")
            #expect(job.used.failed <= options.retry.retries + 1, "\(place)")
            #expect(job.used.crashed <= max(1, options.crashLimit), "\(place)")
            #expect(job.used.unstarted <= max(1, options.unstartedLimit), "\(place)")
        }
    }

    @Test func `a report under a fence that is not the present one changes nothing`() throws {
        try walk { step, walk, place in
            guard case .reported(let fence, _, _) = step.event, fence != step.before.fence else { return }
            #expect(step.decision == .stale, "\(place)")
            #expect(walk.job == step.before, "\(place)")
        }
    }

    @Test func `a job that was handed back or lost keeps its place; any other goes to the back`() throws {
        var last: [JobID: Int64] = [:]
        try walk { step, walk, place in
            guard case .change = step.decision, walk.job.state == .ready else { return }
            let keeps: Bool
            switch (step.event, step.before.state) {
            case (.reported(_, .handedBack, _), _), (.unblocked, _): keeps = true
            case (.leaseExpired, .running), (.ownerGone, .running): keeps = true
            default: keeps = false
            }
            if keeps {
                #expect(walk.job.sequence == step.before.sequence, "\(place)")
            } else {
                #expect(walk.job.sequence > last[walk.job.id] ?? 0, "\(place)")
            }
            last[walk.job.id] = max(last[walk.job.id] ?? 0, walk.job.sequence)
        }
    }

    @Test func `the walks visit every state and every outcome`() throws {
        var states: Set<JobState.Name> = []
        var outcomes: Set<Outcome.Name> = []
        var reasons: Set<FailureReason> = []
        try walk { _, walk, _ in
            states.insert(walk.job.state.name)
            if let outcome = walk.job.outcome { outcomes.insert(outcome.name) }
            if case .failed(let reason)? = walk.job.outcome { reasons.insert(reason) }
        }
        #expect(states == Set(JobState.Name.allCases))
        #expect(outcomes == Set(Outcome.Name.allCases))
        #expect(reasons == Set(FailureReason.allCases))
    }
}
