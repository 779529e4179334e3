import ArgumentParser
import LovageCore

/// `lovage version`
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Print the version.",
        discussion: """
            Examples:
              lovage version
              lovage version --json
            """)

    @Flag(help: "Print JSON.") var json = false

    func run() {
        let terminal = Terminal.current()
        terminal.write([
            json ? JSONValue.object([JSONMember("version", .string(Version.text))]).text().string : Version.text
        ])
    }
}
