import ArgumentParser

/// `lovage-simulate`: proofs that need many seeds and no machine but this one.
@main struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lovage-simulate",
        abstract: "Runs Lovage against seeded faults: its rules in simulated worlds, its stores against each other.",
        subcommands: [WorldsCommand.self, StoresCommand.self], defaultSubcommand: WorldsCommand.self)
}

/// Seeds as they are written on the command line.
enum SeedRange {
    /// Reads `A..B`, B included; throws what to write instead.
    static func reading(_ text: String) throws(ValidationError) -> Range<UInt64> {
        let parts = text.split(separator: "..", omittingEmptySubsequences: false).compactMap { UInt64($0) }
        guard parts.count == 2, parts[0] <= parts[1], parts[1] < .max else {
            throw ValidationError("--seeds is '\(text)': write A..B with A not above B, such as 1..2000")
        }
        return parts[0]..<(parts[1] + 1)
    }
}
