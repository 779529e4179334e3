/// Decides when a worker asks for work and how much.
///
/// Pure: the worker tells it what happened and does what it answers. There is at most one claim under way; a wake-up
/// that comes meanwhile is remembered, so none is lost. It asks when it was woken, and again as long as the last answer
/// brought something. A source may let a claim wait until there is work; an idle worker then has one claim that waits, and
/// asks nothing.
public struct ClaimLoop: Sendable, Hashable {
    /// How many jobs run at once.
    public let slots: Int
    /// Jobs that run, or wait in the worker for a slot.
    public private(set) var held = 0
    /// How many jobs to hold beyond the slots.
    public var readAhead = 0
    /// How much the machine allows to be claimed.
    public var allowance = MachineCondition.Allowance.all

    private var mayHaveWork = true
    private var isClaiming = false
    private var isDraining = false
    private var failures = 0

    /// What happened.
    public enum Event: Sendable, Hashable {
        /// Work may have come, or time to try again has.
        case woken
        /// The claim under way brought this many jobs.
        case claimed(Int)
        /// The claim under way failed.
        case claimFailed
        /// This many held jobs were reported and left, and the same call brought this many others.
        case released(Int, claimed: Int = 0)
        /// No more work is wanted.
        case drained
    }

    /// What to do.
    public enum Action: Sendable, Hashable {
        /// Ask for `limit` jobs, of which `starting` have a free slot.
        case claim(limit: Int, starting: Int)
        /// Send `woken` after this wait: the store did not answer.
        case wait(Duration)
        /// Nothing until something happens.
        case rest
        /// Draining, and nothing is held any more.
        case finish
    }

    /// Makes the loop of a worker with `slots`, at least one.
    public init(slots: Int) { self.slots = max(1, slots) }

    /// Decides what follows from `event`.
    public mutating func handle(_ event: Event) -> Action {
        switch event {
        case .woken:
            mayHaveWork = true
        case .claimed(let count):
            isClaiming = false
            failures = 0
            held += count
            mayHaveWork = count > 0 || wokenWhileClaiming
            wokenWhileClaiming = false
        case .claimFailed:
            isClaiming = false
            failures += 1
            if !isDraining { return .wait(Self.wait(afterFailures: failures)) }
        case .released(let count, let claimed):
            held += claimed - count
            precondition(held >= 0, "a worker releases only what it holds")
            mayHaveWork = mayHaveWork || claimed > 0
        case .drained:
            isDraining = true
        }
        if case .woken = event, isClaiming { wokenWhileClaiming = true }
        return next()
    }

    private var wokenWhileClaiming = false

    private mutating func next() -> Action {
        if isClaiming { return .rest }
        if isDraining { return held == 0 ? .finish : .rest }
        switch allowance {
        case .all: break
        case .none: return .rest
        case .one:
            guard mayHaveWork, held < slots else { return .rest }
            isClaiming = true
            return .claim(limit: 1, starting: 1)
        }
        let room = slots + readAhead - held
        // With read-ahead, ask for more only when half of it is used up: one large claim is cheaper than many small.
        guard mayHaveWork, room > readAhead / 2 else { return .rest }
        isClaiming = true
        return .claim(limit: room, starting: max(0, slots - held))
    }

    /// 100 ms, doubled up to 10 s.
    private static func wait(afterFailures failures: Int) -> Duration {
        .milliseconds(min(10_000, 100 << min(failures - 1, 7)))
    }
}
