import LovageCore
import Testing

struct ClaimRuleTests {
    private let offer = ClaimRule.Offer(kinds: ["work"], queues: ["default"])

    private func reasons(_ job: Job, _ settings: QueueSettings = QueueSettings(), offers: [ClaimRule.Offer]? = nil)
        -> [ClaimRule.WaitReason]
    {
        switch ClaimRule.verdict(on: job, settings: settings, offers: offers ?? [offer], at: now) {
        case .mayRun: []
        case .waits(let reasons): reasons
        }
    }

    @Test func `a ready job with a worker that takes it may run`() {
        #expect(ClaimRule.verdict(on: makeJob(), settings: QueueSettings(), offers: [offer], at: now) == .mayRun)
    }

    @Test func `every reason is named, not only the first`() {
        var job = makeJob(JobOptions(startWithin: .seconds(100), deadline: .seconds(100)))
        job.state = .blocked(.limit("disk"))
        #expect(
            reasons(job, QueueSettings(isPaused: true), offers: [])
                == [
                    .blocked(.limit("disk")), .queuePaused("default"), .startWindowPassed, .deadlinePassed,
                    .noWorkerForKind("work"),
                ])
    }

    @Test func `a job that is suspended, running or over says so`() {
        #expect(reasons(makeJob(state: .suspended(.needs))) == [.suspended(.needs)])
        #expect(reasons(makeClaimedJob(state: .running(makeLease(started: true)))) == [.running(worker)])
        #expect(reasons(makeFinishedJob(.expired), QueueSettings(isPaused: true)) == [.finished(.expired)])
    }

    @Test func `a worker needs both the handler and the queue, and one worker both of them`() {
        let otherQueue = ClaimRule.Offer(kinds: ["work"], queues: ["mail"])
        let otherKind = ClaimRule.Offer(kinds: ["mail"], queues: ["default"])
        #expect(reasons(makeJob(), offers: [otherKind]) == [.noWorkerForKind("work")])
        #expect(reasons(makeJob(), offers: [otherQueue, otherKind]) == [.noWorkerForQueue("default")])
        #expect(reasons(makeJob(), offers: [otherQueue, otherKind, offer]).isEmpty)
    }

    private func beginning(_ job: Job, _ settings: QueueSettings = QueueSettings()) -> StoreTime? {
        ClaimRule.beginning(of: job, within: .seconds(1), settings: settings, offer: offer, at: now)
    }

    @Test func `a job may be claimed ahead that only waits for a time which is near`() {
        let soon = now.store + .seconds(1)
        let suspensions: [(Suspension, StoreTime?)] = [
            (.until(soon), soon), (.retry(soon), soon), (.at(now.wall + .seconds(1)), soon),
            (.until(soon + .microseconds(1)), nil), (.at(now.wall + .seconds(2)), nil),
            (.until(now.store + .seconds(-9)), now.store), (.at(now.wall + .seconds(-9)), now.store),
            (.needs, nil), (.signal("go"), nil), (.merged, nil),
        ]
        for (suspension, expected) in suspensions {
            #expect(beginning(makeJob(state: .suspended(suspension))) == expected, "\(suspension)")
        }
        #expect(beginning(makeJob()) == nil)
        #expect(beginning(makeJob(state: .blocked(.limit("disk")))) == nil)
    }

    @Test func `what is claimed ahead must be allowed to run when it begins`() {
        let suspended = JobState.suspended(.until(now.store + .seconds(1)))
        #expect(beginning(makeJob(JobOptions(queue: "mail"), state: suspended)) == nil)
        #expect(beginning(makeJob(state: suspended), QueueSettings(isPaused: true)) == nil)
        for (seconds, isAllowed) in [(101, false), (102, true)] {
            for options in [JobOptions(startWithin: .seconds(seconds)), JobOptions(deadline: .seconds(seconds))] {
                #expect((beginning(makeJob(options, state: suspended)) != nil) == isAllowed, "\(options)")
            }
        }
    }

    @Test func `a window or deadline that ends now is over`() {
        #expect(reasons(makeJob(JobOptions(startWithin: .seconds(100)))) == [.startWindowPassed])
        #expect(reasons(makeJob(JobOptions(startWithin: .seconds(101)))).isEmpty)
        #expect(reasons(makeJob(JobOptions(deadline: .seconds(100)))) == [.deadlinePassed])
        #expect(reasons(makeJob(JobOptions(deadline: .seconds(101)))).isEmpty)
    }

    @Test func `the order is strict: priority, then place`() {
        var random = SplitMix64(seed: 3)
        let jobs = (0..<60).map { place in
            var job = makeJob(JobOptions(priority: Int8.random(in: -2...2, using: &random)))
            job.sequence = Int64(place)
            return job
        }
        let sorted = jobs.shuffled(using: &random).sorted(by: ClaimRule.goesFirst)
        for (left, right) in zip(sorted, sorted.dropFirst()) {
            #expect(left.options.priority >= right.options.priority)
            if left.options.priority == right.options.priority { #expect(left.sequence < right.sequence) }
            #expect(!ClaimRule.goesFirst(right, left))
        }
    }
}
