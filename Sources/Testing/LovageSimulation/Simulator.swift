/// Runs worlds and reports what they saw.
public struct Simulator: Sendable {
    /// Which faults its worlds are about.
    public let profile: Plan.Profile
    /// A planted bug, if any.
    public let mutant: Mutant?

    /// Makes a simulator.
    public init(profile: Plan.Profile = .mixed, mutant: Mutant? = nil) {
        self.profile = profile
        self.mutant = mutant
    }

    /// What one world came to.
    public struct Result: Sendable {
        /// Its seed.
        public let seed: UInt64
        /// The first promise that did not hold; nil when all did.
        public let violation: Violation?
        /// A hash of everything that happened.
        public let trace: UInt64
        /// How many things happened.
        public let events: Int
        /// How many jobs there were.
        public let jobs: Int
        /// How long it took in its own time, in microseconds.
        public let microseconds: Int64
        /// The rare things it saw.
        public let seen: Set<Sometimes>
        /// What happened, a line each, when that was asked for.
        public let log: [String]
    }

    /// Runs the world of one seed.
    public func run(_ seed: UInt64, keepsLog: Bool = false) -> Result {
        run(seed, Plan(seed: seed, profile: profile), keepsLog: keepsLog)
    }

    /// Runs a world of this seed with another plan than its own.
    func run(_ seed: UInt64, _ plan: Plan, keepsLog: Bool = false) -> Result {
        let world = World(seed: seed, plan: plan, mutant: mutant, keepsLog: keepsLog)
        var violation: Violation?
        do { try world.run() } catch { violation = error }
        return Result(
            seed: seed, violation: violation, trace: world.trace.value, events: world.events, jobs: world.plan.jobs,
            microseconds: world.now, seen: world.seen, log: world.log ?? [])
    }
}
