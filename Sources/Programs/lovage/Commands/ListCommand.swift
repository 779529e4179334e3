import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote
import LovageWorkflow

/// `lovage list`
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List jobs, newest first.",
        discussion: """
            --since takes a length of time, such as 2h, or a moment. Columns: \(JobColumn.allCases.map(\.rawValue).joined(separator: ", ")).
            Arguments and results longer than 1 KiB are left out, also with --json, unless
            --columns names them.

            Examples:
              lovage list
              lovage list --state running --columns id,kind,worker,run
              lovage list --outcome failed --since 2h --limit 200
              lovage list --workflow 01930a3e-0000-7000-8000-000000000000
            """)

    @Option(help: "Only this queue.") var queue: String?
    @Option(help: "Only this kind.") var kind: String?
    @Option(help: ArgumentHelp("Only this state: \(Self.words(JobState.Name.self)).", valueName: "state"))
    var state: String?
    @Option(help: ArgumentHelp("Only this outcome: \(Self.words(Outcome.Name.self)).", valueName: "outcome"))
    var outcome: String?
    @Option(help: ArgumentHelp("Only jobs of this run, with their steps.", valueName: "id")) var workflow: String?
    @Option(help: ArgumentHelp("Only those submitted since then.", valueName: "time")) var since: SinceOption?
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
        let base = try filter()
        let after = try after.map { try JobID(typed: $0).description }
        let columns =
            try columns.map(JobColumn.parse) ?? (workflow == nil ? JobColumn.standard : JobColumn.standardOfRun)
        try await server.use { server, terminal in
            var filter = base
            filter.since = try since?.moment()
            if let workflow { filter.workflow = try await server.onlyRun(named: workflow, orElse: "lovage show") }
            let page = try await jobs(server, filter, including: JobColumn.parts(columns), after: after)
            if self.server.json { terminal.write([page.json.string]) }
            if page.items.isEmpty {
                throw CommandFailure(.emptyOrTimedOut, self.server.json ? nil : try await nothing(filter, server))
            }
            if self.server.json { return }
            let table = JobColumn.table(page.items, columns, terminal.moments)
            terminal.write(table.lines(width: terminal.width, palette: terminal.palette))
            let missing = table.missing(width: terminal.width)
            if self.columns != nil, !missing.isEmpty {
                Terminal.complain("The terminal has no room for: \(missing.joined(separator: ", "))")
            }
            if let next = page.next { Terminal.complain("There are more: --after \(next)") }
        }
    }

    /// As many jobs as were asked for: a page of the server ends earlier when it gets too long in bytes.
    private func jobs(
        _ server: RemoteClient, _ filter: JobsFilter, including parts: Set<JobsFilter.Part>, after: String?
    ) async throws -> PageView<JobView> {
        var items: [JobView] = []
        var next = after
        repeat {
            let page = try await server.jobs(filter, including: parts, limit: limit - items.count, after: next)
            items += page.items
            next = page.next
        } while next != nil && items.count < limit
        return PageView(items: items, next: next)
    }

    private func filter() throws(CommandFailure) -> JobsFilter {
        var filter = JobsFilter()
        if let queue { filter.queue = try QueueName(typed: queue) }
        if let kind { filter.kind = try Kind(typed: kind) }
        if let state { filter.state = try Self.word(state, "--state") }
        if let outcome { filter.outcome = try Self.word(outcome, "--outcome") }
        filter.status = status
        return filter
    }

    /// Why the list is empty: most often a name is misspelt.
    private func nothing(_ filter: JobsFilter, _ server: RemoteClient) async throws -> String {
        if let kind = filter.kind?.text {
            let known =
                Set(try await server.definitions().filter { $0.sort == .command }.map(\.name))
                .union(try await server.workers().flatMap { $0.kinds.map(\.text) })
            if !known.contains(kind) { return "no job fits" + DidYouMean.sentence(kind, among: known.sorted()) }
        }
        if let queue = filter.queue?.text {
            let known = try await server.queues().map(\.name.text)
            if !known.contains(queue) { return "no job fits" + DidYouMean.sentence(queue, among: known) }
        }
        return "no job fits"
    }

    private static func word<Word: RawRepresentable & CaseIterable>(
        _ text: String, _ option: String
    ) throws(CommandFailure) -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: text) else {
            // States and outcomes are told apart here, but not in everyday speech.
            if option == "--state", Outcome.Name(rawValue: text) != nil {
                throw .usage("\(text) is an outcome and no state: use --outcome \(text)")
            }
            if option == "--outcome", JobState.Name(rawValue: text) != nil {
                throw .usage("\(text) is a state and no outcome: use --state \(text)")
            }
            throw .usage("\(option) '\(Harmless.line(text))' is unknown: use \(words(Word.self))")
        }
        return word
    }
}
