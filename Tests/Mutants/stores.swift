import Foundation
import LovageStoreContract

// What `scripts/mutants` builds around the changed SQLite store: the first sentence of the contract that it breaks, or the first
// seed whose commands it answers otherwise than the memory store.
//
// Everything is named on a line before it begins, past every buffer, so that what ends the process or does not end itself
// is known. The last line is HELD, or BROKEN with the seed (0 for the contract), what was run and what was seen.

func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

func broken(_ seed: UInt64, _ part: String, _ detail: String) -> Never {
    say("BROKEN \(seed) \(part) \(detail.split(whereSeparator: \.isNewline).joined(separator: " | "))")
    exit(1)
}

let bounds = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
precondition(bounds.count == 2 && bounds[0] <= bounds[1], "hunt-stores FIRST-SEED LAST-SEED FOLDER")
let folder = URL(fileURLWithPath: CommandLine.arguments[3], isDirectory: true)
for contract in StoreContract.all {
    say("0 contract")
    do {
        try await StoreRig.check(contract, in: folder)
    } catch {
        broken(0, "contract", "contract \(contract): \(error)")
    }
}
for seed in bounds[0]...bounds[1] {
    say("\(seed) commands")
    do {
        try await StoreRig.compare(seed: seed, commands: 400, in: folder)
    } catch {
        broken(seed, "commands", "difference \(error)")
    }
}
say("HELD \(StoreContract.all.count + Int(bounds[1] - bounds[0]) + 1)")
