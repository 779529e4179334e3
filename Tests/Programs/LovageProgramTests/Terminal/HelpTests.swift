import ArgumentParser
import Testing

@testable import lovage

@Suite struct `Help` {
    @Test(arguments: HelpPage.all)
    func `is as recorded, with examples`(page: HelpPage) throws {
        let text = LovageCommand.helpMessage(for: page.command, columns: 80)
        if page.command.configuration.subcommands.isEmpty { #expect(text.contains("Examples:")) }
        try expectGolden(text + "\n", "help/\(page.path.joined(separator: "-")).txt")
    }

    @Test func `documents every exit code`() {
        let text = LovageCommand.helpMessage(columns: 200)
        for code in CommandFailure.Code.allCases { #expect(text.contains("\(code.rawValue) ")) }
    }
}

/// One command and how it is called.
struct HelpPage: Sendable, CustomTestStringConvertible {
    let path: [String]
    let command: any ParsableCommand.Type
    var testDescription: String { path.joined(separator: " ") }

    static let all = pages(of: LovageCommand.self, under: [])

    private static func pages(of command: any ParsableCommand.Type, under parents: [String]) -> [HelpPage] {
        let path = parents + [command.configuration.commandName ?? "\(command)"]
        return [HelpPage(path: path, command: command)]
            + command.configuration.subcommands.flatMap { pages(of: $0, under: path) }
    }
}
