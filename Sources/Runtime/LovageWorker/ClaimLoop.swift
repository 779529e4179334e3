/// Decides when a worker asks for work and how much.
///
/// Pure: the worker tells it what happened and does what it answers. There is at most one claim under way; a wake-up
/// that comes meanwhile is remembered, so none is lost. It asks only when it was woken, or when the last answer was as
/// long as asked for and more may be waiting: an idle worker asks nothing.
public struct ClaimLoop: Sendable, Hashable {
    /// How many jobs run at once.
    public let slots: Int
    /// Jobs that run, or wait in the worker for a slot.
    public private(set) var held = 0
    /// How many jobs to hold beyond the slots.
    public var readAhead = 0

    private var mayHaveWork = true
    private var isClaiming = false
    private var isDraining = false
    private var failures = 0

    /// What happened.
    public enum Event: Sendable, Hashable {
        /// Work may have come, or time to try again has.
        case woken
        /// The claim under way brought this many of the jobs asked for.
        case claimed(Int, asked: Int)
        /// The claim under way failed.
        case claimFailed
        /// This many held jobs were reported and left.
        case released(Int)
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
        case .claimed(let count, let asked):
            isClaiming = false
            failures = 0
            held += count
            if count < asked, !wokenWhileClaiming { mayHaveWork = false }
            wokenWhileClaiming = false
        case .claimFailed:
            isClaiming = false
            failures += 1
            if !isDraining { return .wait(Self.wait(afterFailures: failures)) }
        case .released(let count):
            held -= count
            precondition(held >= 0, "a worker releases only what it holds")
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
