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
        let world = World(seed: seed, profile: profile, mutant: mutant, keepsLog: keepsLog)
        var violation: Violation?
        do { try world.run() } catch { violation = error }
        return Result(
            seed: seed, violation: violation, trace: world.trace.value, events: world.events, jobs: world.plan.jobs,
            microseconds: world.now, seen: world.seen, log: world.log ?? [])
    }

    /// Runs many worlds; each 50th is run twice, and both must be the same.
    public func run(seeds: Range<UInt64>, stopAtFailure: Bool = true, progress: (Summary) -> Void = { _ in }) -> Summary {
        var summary = Summary()
        for seed in seeds {
            let result = run(seed)
            summary.add(result)
            if seed % 50 == 0, run(seed).trace != result.trace {
                summary.failures.append((seed, Violation(.replay, "seed \(seed)")))
            }
            if summary.worlds % 1_000 == 0 { progress(summary) }
            if stopAtFailure, !summary.failures.isEmpty { break }
        }
        return summary
    }

    /// What many worlds came to.
    public struct Summary: Sendable {
        /// How many worlds were run.
        public var worlds = 0
        /// How many jobs they had.
        public var jobs = 0
        /// How many things happened.
        public var events = 0
        /// How long they took in their own time, in hours.
        public var hours = 0.0
        /// How many worlds saw each rare thing.
        public var seen: [Sometimes: Int] = [:]
        /// The seeds that broke a promise.
        public var failures: [(seed: UInt64, violation: Violation)] = []

        /// Nothing run.
        public init() {}

        mutating func add(_ result: Result) {
            worlds += 1
            jobs += result.jobs
            events += result.events
            hours += Double(result.microseconds) / 3_600_000_000
            for thing in result.seen { seen[thing, default: 0] += 1 }
            if let violation = result.violation { failures.append((result.seed, violation)) }
        }

        /// Joins the summaries of two ranges.
        public mutating func add(_ other: Summary) {
            worlds += other.worlds
            jobs += other.jobs
            events += other.events
            hours += other.hours
            seen.merge(other.seen, uniquingKeysWith: +)
            failures += other.failures
        }

        /// The rare things no world saw.
        public var neverSeen: [Sometimes] { Sometimes.allCases.filter { seen[$0] == nil } }
    }
}
