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
              lovage workflow run nightly-backup destination=/var/backups/doc --watch
              lovage status

            Every command but up, worker run, bench and version speaks to a server: that of
            --server, or of LOVAGE_SERVER, or the one that runs on the data folder (--data,
            or LOVAGE_DATA, or the user's own). --json prints JSON, errors on standard
            error included. An id may be given by its first six characters or more, or by
            its last eight.

            Exit codes:
              0 done                       4 unknown id
              1 the job failed, unhealthy  5 no server
              2 usage                      74 the disk failed (up, worker run)
              3 empty or timed out         75 queue full
            """,
        version: Version.text,
        subcommands: LovageCommand.all)

    private static let all: [any ParsableCommand.Type] = [
        UpCommand.self, StatusCommand.self, SubmitCommand.self, CallCommand.self, ShowCommand.self, GetCommand.self,
        ListCommand.self, WaitCommand.self, CancelCommand.self, RetryCommand.self, LogsCommand.self,
        ExplainCommand.self, WorkflowCommand.self, QueueCommand.self, WorkerCommand.self, ApplyCommand.self,
        DefinitionsCommand.self, HealthCommand.self, TokenCommand.self, BenchCommand.self, VersionCommand.self,
    ]
}
