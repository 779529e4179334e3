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
            it did not succeed. Ctrl-C ends the watching, not the run. Its parameters are
            shown by 'lovage definitions NAME'.

            Examples:
              lovage workflow run nightly-backup destination=/srv/backup --watch
              lovage workflow run nightly-backup source=/etc destination=/srv/backup
              lovage workflow run nightly-backup --param destination=/srv/backup --param parts=8
            """)

    @Argument(help: "The name of a workflow that was applied.") var name: String
    @Argument(help: ArgumentHelp("Parameters: key=value pairs, or one JSON object.", valueName: "key=value"))
    var words: [String] = []
    @Option(
        name: .customLong("param"), parsing: .singleValue,
        help: ArgumentHelp("A parameter too; may be given many times.", valueName: "key=value"))
    var parameters: [String] = []
    @Flag(help: "Show the run until it is over.") var watch = false
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        let name = try WorkflowName(typed: name)
        let parameters = try ArgumentText.parse(words + parameters, as: "parameter")
        try await server.use { server, terminal in
            let run = try await server.run(
                name.text, parameters: parameters.json ?? .emptyObject, typedParameters: parameters.pairs)
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
            The id of a job shows the run that it belongs to.

            Examples:
              lovage workflow show 01930a3e-0000-7000-8000-000000000000
              lovage workflow show 01930a3e-0000-7000-8000-000000000000 --watch
            """)

    @Argument(help: "The id of a run.") var id: String
    @Flag(help: "Show the run until it is over.") var watch = false
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        try await server.use { server, terminal in
            let id = try await server.run(named: id)
            guard watch else {
                return try await Display(server: server, terminal: terminal, json: self.server.json).run(id)
            }
            let run = try await server.workflow(id)
            try await Watcher(server: server, terminal: terminal, json: self.server.json).watch(run)
        }
    }
}
