import ArgumentParser

/// `lovage`: the root of every subcommand.
struct LovageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lovage",
        abstract: "Runs jobs and workflows, now, later, in order and in parallel, and tells what became of them.",
        discussion: """
            Start a server, hand it a job, look at the result:

              lovage up
              lovage apply Examples/nightly-backup
              lovage workflow run nightly-backup --watch

            Every command but up, worker run and bench speaks to a server: --server, or LOVAGE_SERVER, or
            http://127.0.0.1:4710. Every one prints JSON with --json.

            Exit codes: 0 done, 1 the job failed, 2 usage, 3 empty or timed out, 4 unknown id, 5 no server,
            75 queue full.
            """,
        version: Version.text,
        subcommands: LovageCommand.all)

    static let all: [any ParsableCommand.Type] = [BenchCommand.self, VersionCommand.self]
}
