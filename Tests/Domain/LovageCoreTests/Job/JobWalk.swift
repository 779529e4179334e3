import LovageCore

/// One job on a random way through its life, as a store would lead it: with workers that die, answers that come late,
/// people who cancel and retry, and time that passes.
struct JobWalk {
    private(set) var job: Job
    private(set) var attempts: [Attempt] = []
    private(set) var moment: Moment
    private var random: SplitMix64
    private var sequence: Int64 = 0
    /// What any attempt of the past may still say.
    private var oldFences: [Int64] = [0]

    /// One step: what was, what happened, what was decided.
    struct Step {
        let before: Job
        let event: JobEvent
        let decision: Decision
    }

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        moment = now
        job = Job(
            id: JobID(UUIDv7(high: 1, low: seed)), kind: "work", arguments: .emptyObject,
            options: Self.options(&random), submitted: now, isHeld: random.next(upperBound: 4 as UInt64) == 0)
    }

    /// Lets something happen that may happen to a job in this state, or to any job at any time.
    mutating func step() throws -> Step {
        moment = moment.advanced(by: .milliseconds(Int.random(in: 0...20_000, using: &random)))
        let before = job
        let event = nextEvent()
        let decision = try job.applying(event, at: moment)
        if case .change(let transition) = decision { write(transition) }
        return Step(before: before, event: event, decision: decision)
    }

    private mutating func write(_ transition: Transition) {
        job = transition.job
        if transition.takesSequence {
            sequence += 1
            job.sequence = sequence
        }
        oldFences.append(job.fence)
        switch transition.attempt {
        case .opened(let attempt): attempts.append(attempt)
        case .started(let start): attempts[attempts.count - 1].started = start
        case .closed(let number, let started, let end):
            precondition(attempts[number - 1].end == nil, "an attempt ends once")
            attempts[number - 1].started = started
            attempts[number - 1].end = end
            attempts[number - 1].ended = moment.store
        case nil: break
        }
    }

    private mutating func nextEvent() -> JobEvent {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: late()
        case 1: outside()
        default: expected()
        }
    }

    /// What moves the job on from where it stands.
    private mutating func expected() -> JobEvent {
        switch job.state {
        case .suspended(.needs): return .needsSettled(settled())
        case .suspended(.signal(let name)): return .signalled(name)
        case .suspended(.merged): return .standInEnded(endOfStandIn())
        case .suspended(let suspension): return passed(suspension)
        case .blocked: return .unblocked
        case .ready:
            if Int.random(in: 0..<8, using: &random) == 0 { return .blocked(.limit("disk")) }
            if Int.random(in: 0..<8, using: &random) == 0 { return .merged(into: other) }
            let started = Bool.random(using: &random) ? moment.store : nil
            return .claimed(
                Lease(worker: worker, claimed: moment.store, started: started, expires: moment.store + .seconds(30)))
        case .running: return said(under: job.fence)
        case .finished: return .retried(held: Int.random(in: 0..<4, using: &random) == 0)
        }
    }

    /// Its time comes, or a worker takes it ahead of that.
    private mutating func passed(_ suspension: Suspension) -> JobEvent {
        guard Int.random(in: 0..<3, using: &random) == 0 else { return .becameDue }
        var begins = moment.store
        switch suspension {
        case .until(let due), .retry(let due): begins = max(due, begins)
        case .at(let due): begins = max(moment.store + (due - moment.wall), begins)
        case .needs, .signal, .merged: return .becameDue
        }
        return .claimed(Lease(worker: worker, claimed: begins, started: nil, expires: begins + .seconds(30)))
    }

    private mutating func endOfStandIn() -> StandInEnd {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: StandInEnd(outcome: .succeeded, result: .emptyObject, failure: nil)
        case 1: StandInEnd(outcome: .failed(.error), result: nil, failure: Failure(kind: "exit 1", message: ""))
        case 2: StandInEnd(outcome: .expired, result: nil, failure: nil)
        default: StandInEnd(outcome: .cancelled(.workflow("")), result: nil, failure: nil)
        }
    }

    private mutating func settled() -> NeedsDecision {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: .skip("nothing")
        case 1: .fail(Failure(kind: "template", message: "no list"))
        case 2: .unreachable(step: "a")
        default: .run(.null)
        }
    }

    private mutating func said(under fence: Int64) -> JobEvent {
        switch Int.random(in: 0..<14, using: &random) {
        case 0, 1: .startConfirmed(fence: fence)
        case 2: .renewed(fence: fence, expires: moment.store + .seconds(30))
        case 3: .published(fence: fence, .progress(Job.Progress(done: 1, total: 3)))
        case 4: .leaseExpired
        case 5: .ownerGone
        default: .reported(fence: fence, report(), entropy: random.next())
        }
    }

    private mutating func report() -> AttemptReport {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: .succeeded(.emptyObject)
        case 1: .skipped("nothing")
        case 2: .snoozed(.seconds(Int.random(in: 0...5, using: &random)))
        case 3, 4: .handedBack
        case 5: .failed(Failure(kind: "bad", message: "", isRetryable: false))
        case 6, 7: .timedOut(Failure(kind: "timeout", message: ""))
        default: .failed(Failure(kind: "exit 1", message: ""))
        }
    }

    /// A word from the past, or a timer that was set for it.
    private mutating func late() -> JobEvent {
        let fence = oldFences.randomElement(using: &random) ?? 0
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return .becameDue
        case 1: return .leaseExpired
        case 2: return .startConfirmed(fence: fence)
        default: return .reported(fence: fence, report(), entropy: random.next())
        }
    }

    private mutating func outside() -> JobEvent {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: .cancelled(.requested(""))
        case 1: .retried(held: false)
        case 2: .startWindowPassed
        case 3: .deadlinePassed
        case 4: .unblocked
        default: .signalled("other")
        }
    }

    private static func options(_ random: inout SplitMix64) -> JobOptions {
        JobOptions(
            start: [.immediately, .after(.seconds(5)), .at(now.wall + .seconds(5))].randomElement(using: &random)
                ?? .immediately,
            startWithin: Bool.random(using: &random) ? .seconds(30) : nil,
            deadline: Bool.random(using: &random) ? .seconds(45) : nil,
            retry: RetryPolicy(
                retries: Int.random(in: 0...4, using: &random),
                backoff: [.fixed(.zero), .fixed(.seconds(3)), .standard].randomElement(using: &random) ?? .standard),
            crashLimit: Int.random(in: 0...3, using: &random), unstartedLimit: Int.random(in: 0...4, using: &random))
    }
}

extension Moment {
    func advanced(by duration: Duration) -> Moment { Moment(store: store + duration, wall: wall + duration) }
}
