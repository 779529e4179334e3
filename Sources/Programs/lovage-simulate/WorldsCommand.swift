import ArgumentParser
import Foundation
import LovageSimulation

/// `lovage-simulate worlds`: many seeded worlds, or one again.
struct WorldsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worlds",
        abstract: "Run Lovage's own rules in simulated worlds full of faults (the default).",
        discussion: """
            Every seed draws a world: workers, clients, a network, crashes, pauses, clock jumps. The same seed always
            gives the same run. Exits with 1 when a promise does not hold, and prints the seed to replay and the smallest
            world found that still breaks it.

            EXAMPLES
              lovage-simulate --seeds 1..20000
              lovage-simulate --seeds 1..5000 --profile crash --regressions Tests/Fixtures/simulation/regressions.txt
              lovage-simulate --replay 4711 --profile crash --trace
              lovage-simulate --seeds 1..5000 --mutant acceptsStaleReports
            """)

    @Option(help: "The seeds to run, as A..B (B included).") var seeds = "1..2000"
    @Option(help: "Run one seed alone.") var replay: UInt64?
    @Option(help: "Which faults: \(Plan.Profile.allCases.map(\.rawValue).joined(separator: ", ")), or all.")
    var profile = "all"
    @Option(help: "Plant a bug: \(Mutant.allCases.map(\.rawValue).joined(separator: ", ")).") var mutant: String?
    @Option(help: "A list of seeds that once failed, to run first: a profile and a seed a line.") var regressions:
        String?
    @Flag(help: "Print everything that happens in the replayed world.") var trace = false
    @Option(help: "How many threads share the seeds; what comes out does not depend on it.")
    var jobs = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        _ = try SeedRange.reading(seeds)
        if profiles.isEmpty { throw ValidationError("--profile is '\(profile)': use all or one of those in --help") }
        if let mutant, Mutant(rawValue: mutant) == nil { throw ValidationError("--mutant is '\(mutant)': see --help") }
        if !(1...64).contains(jobs) { throw ValidationError("--jobs is \(jobs): use 1 to 64") }
        if replay != nil, profiles.count > 1 { throw ValidationError("--replay needs the --profile of the seed") }
    }

    func run() throws {
        if let replay { try replayOne(replay) } else { try runMany() }
    }

    private var profiles: [Plan.Profile] {
        profile == "all" ? Plan.Profile.allCases : Plan.Profile(rawValue: profile).map { [$0] } ?? []
    }

    private func simulator(_ profile: Plan.Profile) -> Simulator {
        Simulator(profile: profile, mutant: mutant.flatMap(Mutant.init(rawValue:)))
    }

    private func replayOne(_ seed: UInt64) throws {
        let result = simulator(profiles[0]).run(seed, keepsLog: trace)
        for line in result.log { print(line) }
        print("seed \(seed): \(result.events) events, \(result.jobs) jobs, trace \(String(result.trace, radix: 16))")
        if let violation = result.violation {
            print("BROKEN: \(violation)")
            explain(seed, profiles[0])
            throw ExitCode(1)
        }
        print("every promise held")
    }

    private func runMany() throws {
        let range = try SeedRange.reading(seeds)
        let clock = ContinuousClock()
        let start = clock.now
        var total = try runRegressions()
        for profile in profiles {
            let summary = simulator(profile).run(seeds: range, stopAtFailure: mutant != nil, threads: jobs)
            total.add(summary)
            report(summary.failures, profile)
        }
        print("\(total.worlds) worlds, \(total.jobs) jobs, \(total.events) events, \(Int(total.hours)) simulated hours")
        let seconds = max(0.001, start.duration(to: clock.now) / .seconds(1))
        print("\(Int(Double(total.worlds) / seconds)) worlds/s, \(Int(Double(total.events) / seconds)) events/s")
        for thing in Sometimes.allCases { print("  \(thing.rawValue): \(total.seen[thing] ?? 0)") }
        if !total.failures.isEmpty { throw ExitCode(1) }
        if total.worlds >= 2_000, profile == "all", mutant == nil, !total.neverSeen.isEmpty {
            print("NEVER SEEN: \(total.neverSeen.map(\.rawValue).joined(separator: ", "))")
            throw ExitCode(1)
        }
        print("every promise held")
    }

    private func runRegressions() throws -> Simulator.Summary {
        var total = Simulator.Summary()
        guard let regressions else { return total }
        for known in try Regression.list(String(contentsOfFile: regressions, encoding: .utf8)) {
            let summary = simulator(known.profile).run(seeds: known.seed..<(known.seed + 1))
            total.add(summary)
            report(summary.failures, known.profile)
        }
        return total
    }

    private func report(_ failures: [(seed: UInt64, violation: Violation)], _ profile: Plan.Profile) {
        for failure in failures.prefix(5) {
            print("seed \(failure.seed) (\(profile.rawValue)) BROKEN: \(failure.violation)")
            print("  again: lovage-simulate --replay \(failure.seed) --profile \(profile.rawValue) --trace")
        }
        if let first = failures.first { explain(first.seed, profile) }
    }

    /// Prints the smallest world found that still fails, and how it ended.
    private func explain(_ seed: UInt64, _ profile: Plan.Profile) {
        guard let shrunk = simulator(profile).shrink(seed) else { return }
        print("  drawn:  \(shrunk.original)")
        print("  shrunk: \(shrunk.plan) (\(shrunk.runs) worlds tried)")
        print("  its last events of \(shrunk.result.events), in µs:")
        for line in shrunk.result.log.suffix(40) { print("    \(line)") }
        if let violation = shrunk.result.violation { print("  BROKEN: \(violation)") }
    }
}
