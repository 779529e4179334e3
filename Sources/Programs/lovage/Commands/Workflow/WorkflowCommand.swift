import ArgumentParser

/// `lovage workflow`
struct WorkflowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workflow", abstract: "Start, watch, wait for, list, retry, cancel and draw workflows.",
        subcommands: [
            WorkflowRunCommand.self, WorkflowShowCommand.self, WorkflowWaitCommand.self, WorkflowLogsCommand.self,
            WorkflowListCommand.self, WorkflowRetryCommand.self, WorkflowCancelCommand.self, WorkflowGraphCommand.self,
        ])
}
