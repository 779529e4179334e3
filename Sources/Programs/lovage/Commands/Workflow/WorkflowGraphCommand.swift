import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote
import LovageWorkflow

/// `lovage workflow graph`
struct WorkflowGraphCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph", abstract: "Draw a workflow's steps and what they need.",
        discussion: """
            Examples:
              lovage workflow graph nightly-backup
              lovage workflow graph nightly-backup --dot | dot -Tsvg > graph.svg
            """)

    @Argument(help: "The name of a workflow that was applied.") var name: String
    @Flag(help: "Print it in Graphviz's language instead.") var dot = false
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        let name = try WorkflowName(typed: name)
        try await server.use { server, terminal in
            let graph = try await server.graph(of: name.text)
            if self.server.json { return terminal.write([graph.json.string]) }
            let text = dot ? graph.dot : graph.drawing(width: terminal.width ?? 100)
            terminal.write(text.hasSuffix("\n") ? text : text + "\n")
        }
    }
}

extension GraphView {
    /// The steps drawn as text.
    fileprivate func drawing(width: Int) -> String {
        let steps = steps.map { step in
            WorkflowDefinition.Step(
                name: step.name, kind: Kind(trusted: step.kind), needs: step.needs, rule: step.rule, when: step.when,
                foreach: step.foreach)
        }
        return Harmless.lines(
            WorkflowDefinition(name: WorkflowName(trusted: name), steps: steps).drawing(width: width))
    }
}
