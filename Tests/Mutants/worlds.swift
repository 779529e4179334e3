import Foundation
import LovageSimulation

// What `scripts/mutants` builds around the changed code: the first world, by seed, that breaks a promise.
//
// Every world is named on a line before it begins, past every buffer, so that one that ends the process or does not end
// itself is known. The last line is HELD, or BROKEN with the seed, the profile, the promise and what was seen.

func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

let bounds = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
precondition(bounds.count == 2 && bounds[0] <= bounds[1], "hunt-worlds FIRST-SEED LAST-SEED")
var worlds = 0
for seed in bounds[0]...bounds[1] {
    for profile in Plan.Profile.allCases {
        say("\(seed) \(profile.rawValue)")
        worlds += 1
        if let violation = Simulator(profile: profile).run(seed).violation {
            say("BROKEN \(seed) \(profile.rawValue) \(violation.invariant) \(violation.detail)")
            exit(1)
        }
    }
}
say("HELD \(worlds)")
