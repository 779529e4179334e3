import ArgumentParser
import Foundation
import LovageStoreContract
import Synchronization

/// `lovage-simulate stores`: the SQLite store held equal to the reference model, command by command.
struct StoresCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stores",
        abstract: "Give the SQLite store and the memory store the same random commands, and compare.",
        discussion: """
            Every seed draws commands: bulks of submissions, claims, reports, workflows, cancels, timers, several callers
            at once. Both stores must answer the same and hold the same, while the file is closed, killed and opened
            again. Exits with 1 at a difference, and prints the seed and the command.

            EXAMPLES
              lovage-simulate stores --seeds 1..500
              lovage-simulate stores --seeds 17..17 --commands 5000
            """)

    @Option(help: "The seeds to run, as A..B (B included).") var seeds = "1..500"
    @Option(help: "How many commands each seed draws.") var commands = 400
    @Option(help: "How many threads share the seeds.") var jobs = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        _ = try SeedRange.reading(seeds)
        if !(1...1_000_000).contains(commands) {
            throw ValidationError("--commands is \(commands): use 1 to 1000000")
        }
        if !(1...64).contains(jobs) { throw ValidationError("--jobs is \(jobs): use 1 to 64") }
    }

    func run() async throws {
        let open = OpenSeeds(Array(try SeedRange.reading(seeds).reversed()))
        let count = open.count
        let start = ContinuousClock.now
        let differences = try await withThrowingTaskGroup(of: [Difference].self) { group in
            for _ in 0..<jobs {
                group.addTask { [commands] in
                    var found: [Difference] = []
                    while let seed = open.next() {
                        do {
                            try await StoreRig.compare(seed: seed, commands: commands)
                        } catch let difference as Difference {
                            found.append(difference)
                        }
                    }
                    return found
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        for difference in differences.sorted(by: { $0.seed < $1.seed }).prefix(5) { print("DIFFERENT: \(difference)") }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        print("\(count * commands) commands of \(count) seeds in \(Int(seconds)) s: \(differences.count) differences")
        if !differences.isEmpty { throw ExitCode(1) }
    }
}

/// Seeds that nobody has run yet, shared by threads.
private final class OpenSeeds: Sendable {
    private let seeds: Mutex<[UInt64]>
    init(_ seeds: [UInt64]) { self.seeds = Mutex(seeds) }
    var count: Int { seeds.withLock(\.count) }
    func next() -> UInt64? { seeds.withLock { $0.popLast() } }
}
