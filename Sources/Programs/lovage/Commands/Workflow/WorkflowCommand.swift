import ArgumentParser

/// `lovage workflow`
struct WorkflowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workflow", abstract: "Start, watch, list, cancel and draw workflows.",
        subcommands: [
            WorkflowRunCommand.self, WorkflowShowCommand.self, WorkflowListCommand.self, WorkflowCancelCommand.self,
            WorkflowGraphCommand.self,
        ])
}
