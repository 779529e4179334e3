import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote

/// `lovage list`
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List jobs, newest first.",
        discussion: """
            Columns: \(JobColumn.allCases.map(\.rawValue).joined(separator: ", ")).

            Examples:
              lovage list
              lovage list --state running --columns id,kind,worker,run
              lovage list --outcome failed --queue mail --limit 200
              lovage list --workflow 01930a3e-0000-7000-8000-000000000000
            """)

    @Option(help: "Only this queue.") var queue: String?
    @Option(help: "Only this kind.") var kind: String?
    @Option(help: ArgumentHelp("Only this state: \(Self.words(JobState.Name.self)).", valueName: "state"))
    var state: String?
    @Option(help: ArgumentHelp("Only this outcome: \(Self.words(Outcome.Name.self)).", valueName: "outcome"))
    var outcome: String?
    @Option(help: ArgumentHelp("Only jobs of this run.", valueName: "id")) var workflow: String?
    @Option(help: "Only jobs whose handler published a status of this name.") var status: String?
    @Option(help: "How many at most.") var limit = 50
    @Option(help: ArgumentHelp("Only those after this id: the next page.", valueName: "id")) var after: String?
    @Option(help: "Which columns, separated by commas.") var columns: String?
    @OptionGroup(title: "Server") var server: ServerOptions

    private static func words<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) -> String
    where Word.RawValue == String {
        Word.allCases.map(\.rawValue).joined(separator: ", ")
    }

    func run() async throws {
        guard (1...1_000).contains(limit) else { throw CommandFailure.usage("--limit is \(limit): use 1 to 1000") }
        let filter = try filter()
        let after = try after.map { try JobID(typed: $0).description }
        let columns = try columns.map(JobColumn.parse) ?? JobColumn.standard
        try await server.use { server, terminal in
            let page = try await server.jobs(filter, limit: limit, after: after)
            if self.server.json { return terminal.write([page.json.string]) }
            if page.items.isEmpty { throw CommandFailure(.emptyOrTimedOut, "no job fits") }
            terminal.write(
                JobColumn.table(page.items, columns).lines(width: terminal.width, palette: terminal.palette))
            if let next = page.next { Terminal.complain("There are more: --after \(next)") }
        }
    }

    private func filter() throws(CommandFailure) -> JobsFilter {
        var filter = JobsFilter()
        if let queue { filter.queue = try QueueName(typed: queue) }
        if let kind { filter.kind = try Kind(typed: kind) }
        if let state { filter.state = try Self.word(state, "--state") }
        if let outcome { filter.outcome = try Self.word(outcome, "--outcome") }
        if let workflow { filter.workflow = try WorkflowID(typed: workflow) }
        filter.status = status
        return filter
    }

    private static func word<Word: RawRepresentable & CaseIterable>(
        _ text: String, _ option: String
    ) throws(CommandFailure) -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: text) else {
            throw .usage("\(option) '\(Harmless.line(text))' is unknown: use \(words(Word.self))")
        }
        return word
    }
}
