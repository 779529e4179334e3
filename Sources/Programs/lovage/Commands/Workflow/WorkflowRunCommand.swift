import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote
import LovageWorkflow

/// `lovage workflow run`
struct WorkflowRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Start a run of a workflow and print its id.",
        discussion: """
            With --watch it shows the steps until the run is over and ends with code 1 when
            it did not succeed. Ctrl-C ends the watching, not the run.

            Examples:
              lovage workflow run nightly-backup --watch
              lovage workflow run nightly-backup --param source=/srv --param parts=8
            """)

    @Argument(help: "The name of a workflow that was applied.") var name: String
    @Option(
        name: .customLong("param"), parsing: .singleValue,
        help: ArgumentHelp("A parameter; may be given many times.", valueName: "key=value"))
    var parameters: [String] = []
    @Flag(help: "Show the run until it is over.") var watch = false
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        let name = try WorkflowName(typed: name)
        let parameters = try ArgumentText.object(parameters)
        try await server.use { server, terminal in
            let run = try await server.run(name.text, parameters: parameters)
            guard watch else { return terminal.write([self.server.json ? run.json.string : run.run.id.description]) }
            try await Watcher(server: server, terminal: terminal, json: self.server.json).watch(run)
        }
    }
}

/// `lovage workflow show`
struct WorkflowShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a run: steps, states, outcomes, attempts, times.",
        discussion: """
            Examples:
              lovage workflow show 01930a3e-0000-7000-8000-000000000000
              lovage workflow show 01930a3e-0000-7000-8000-000000000000 --watch
            """)

    @Argument(help: "The id of a run.") var id: String
    @Flag(help: "Show the run until it is over.") var watch = false
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        let id = try WorkflowID(typed: id)
        try await server.use { server, terminal in
            let run = try await server.workflow(id)
            if watch { return try await Watcher(server: server, terminal: terminal, json: self.server.json).watch(run) }
            if self.server.json { return terminal.write([run.json.string]) }
            terminal.write(RunTable.lines(run, width: terminal.width, palette: terminal.palette))
        }
    }
}
