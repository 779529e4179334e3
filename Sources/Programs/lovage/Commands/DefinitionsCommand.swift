import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote
import LovageWorkflow

/// `lovage definitions`
struct DefinitionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "definitions", abstract: "List what was applied, or show one: its parameters, steps and command.",
        discussion: """
            In the list a parameter that must be given ends in *, others show their default.

            Examples:
              lovage definitions
              lovage definitions nightly-backup
              lovage definitions backup.archive --json
            """)

    @Argument(help: "The name of a workflow or command. Default: all of them.") var name: String?
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        try await server.use { server, terminal in
            guard let name else { return try list(try await server.definitions(), terminal) }
            let display = Display(server: server, terminal: terminal, json: self.server.json)
            // A workflow and a command may have the same name; then both are shown.
            let sorts = try await self.sorts(named: name, server)
            for (index, sort) in sorts.enumerated() {
                if index > 0, !self.server.json { terminal.write([""]) }
                try await display.definition(sort, name)
            }
        }
    }

    private func list(_ definitions: [DefinitionView], _ terminal: Terminal) throws {
        if server.json { terminal.write([DefinitionsView(definitions).json.string]) }
        if definitions.isEmpty {
            throw CommandFailure(
                .emptyOrTimedOut, server.json ? nil : "nothing is applied yet: lovage apply FOLDER stores definitions")
        }
        if server.json { return }
        terminal.write(DefinitionDrawing.table(definitions).lines(width: terminal.width, palette: terminal.palette))
    }

    private func sorts(named name: String, _ server: RemoteClient) async throws -> [Definition.Sort] {
        let definitions = try await server.definitions()
        let sorts = definitions.filter { $0.name == name }.map(\.sort)
        if sorts.isEmpty {
            throw CommandFailure(
                .unknown,
                "no definition is named '\(Harmless.line(name.prefix(80)))'"
                    + DidYouMean.sentence(name, among: definitions.map(\.name)))
        }
        return sorts
    }
}
