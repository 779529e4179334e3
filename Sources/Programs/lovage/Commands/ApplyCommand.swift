import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote
import LovageWorkflow

/// `lovage apply`
struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Store the definitions of a folder: command kinds, workflows, their scripts.",
        discussion: """
            Everything is checked first and every problem is reported, with file, line and
            field; then all is stored, or nothing. What runs already keeps the version it
            began with.

            Examples:
              lovage apply Examples/nightly-backup
              lovage apply Examples/nightly-backup --dry-run
            """)

    @Argument(help: ArgumentHelp("A folder with .yaml files, or one such file.", valueName: "folder")) var folder:
        String
    @Flag(help: "Check only.") var dryRun = false
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        let request = try DefinitionFolder(path: folder).request(isDryRun: dryRun)
        try await server.use { server, terminal in
            let view = try await server.apply(request)
            if self.server.json { return terminal.write([view.json.string]) }
            for warning in view.warnings { Terminal.complain("warning: \(Harmless.line(warning))") }
            for item in view.definitions {
                let style: Style = item.change == .unchanged ? .dim : .green
                let change = terminal.palette(DisplayWidth.padded(item.change.rawValue, to: 9), style)
                terminal.write(["\(change)  \(item.sort.rawValue) \(Harmless.line(item.name)) v\(item.version)"])
            }
            if view.isDryRun { Terminal.complain("Nothing is stored: this was a dry run.") }
        }
    }
}
