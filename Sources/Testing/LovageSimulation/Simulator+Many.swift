import Dispatch
import Synchronization

extension Simulator {
    /// Runs many worlds; each 50th is run twice, and both must be the same.
    public func run(seeds: Range<UInt64>, stopAtFailure: Bool = true) -> Summary {
        var summary = Summary()
        for seed in seeds {
            let result = run(seed)
            summary.add(result)
            if seed % 50 == 0, run(seed).trace != result.trace {
                summary.failures.append((seed, Violation(.replay, "seed \(seed)")))
            }
            if stopAtFailure, !summary.failures.isEmpty { break }
        }
        return summary
    }

    /// The same, shared by `threads`. What comes out does not depend on how many: chunks of seeds are joined in their
    /// order, and when it stops at a failure nothing after the first failing chunk counts.
    public func run(seeds: Range<UInt64>, stopAtFailure: Bool, threads: Int) -> Summary {
        let chunks = stride(from: seeds.lowerBound, to: seeds.upperBound, by: 16)
            .map { $0..<min($0 + 16, seeds.upperBound) }
        let shared = Mutex(Shared())
        DispatchQueue.concurrentPerform(iterations: max(1, threads)) { _ in
            while let index = shared.withLock({ $0.take(of: chunks.count) }) {
                let summary = run(seeds: chunks[index], stopAtFailure: stopAtFailure)
                shared.withLock { $0.put(summary, at: index, stopAtFailure) }
            }
        }
        return shared.withLock { $0.joined }
    }

    private struct Shared {
        private var next = 0
        private var end = Int.max
        private var summaries: [Int: Summary] = [:]

        mutating func take(of count: Int) -> Int? {
            guard next < min(count, end) else { return nil }
            defer { next += 1 }
            return next
        }

        mutating func put(_ summary: Summary, at index: Int, _ stopAtFailure: Bool) {
            summaries[index] = summary
            if stopAtFailure, !summary.failures.isEmpty { end = min(end, index + 1) }
        }

        var joined: Summary {
            var total = Summary()
            for index in summaries.keys.sorted() where index < end { summaries[index].map { total.add($0) } }
            return total
        }
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
