import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote
import LovageWorkflow

/// `lovage workflow list`
struct WorkflowListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List runs, newest first.",
        discussion: """
            Examples:
              lovage workflow list
              lovage workflow list --name nightly-backup --outcome failed
              lovage workflow list --since 2h
              lovage workflow list --state running --json
            """)

    @Option(help: "Only runs of this workflow.") var name: String?
    @Option(help: ArgumentHelp("Only this state: running, finished.", valueName: "state")) var state: RunState?
    @Option(help: ArgumentHelp("Only this outcome: succeeded, failed, cancelled.", valueName: "outcome"))
    var outcome: RunOutcome?
    @Option(help: ArgumentHelp("Only those started since then: a length of time, or a moment.", valueName: "time"))
    var since: SinceOption?
    @Option(help: "How many at most.") var limit = 50
    @Option(help: ArgumentHelp("Only those after this id: the next page.", valueName: "id")) var after: String?
    @OptionGroup(title: "Server") var server: ServerOptions

    enum RunState: String, CaseIterable, ExpressibleByArgument { case running, finished }
    enum RunOutcome: String, CaseIterable, ExpressibleByArgument { case succeeded, failed, cancelled }

    func run() async throws {
        guard (1...1_000).contains(limit) else { throw CommandFailure.usage("--limit is \(limit): use 1 to 1000") }
        let name = try name.map { try WorkflowName(typed: $0).text }
        let after = try after.map { try WorkflowID(typed: $0).description }
        let since = try since?.moment()
        let state = state.flatMap { RunView.State(rawValue: $0.rawValue) }
        let outcome = outcome.flatMap { WorkflowOutcome(rawValue: $0.rawValue) }
        try await server.use { server, terminal in
            let page = try await server.workflows(
                name: name, state: state, outcome: outcome, since: since, limit: limit, after: after)
            if self.server.json { terminal.write([page.json.string]) }
            if page.items.isEmpty {
                throw CommandFailure(.emptyOrTimedOut, self.server.json ? nil : try await nothing(name, server))
            }
            if self.server.json { return }
            terminal.write(
                RunList.table(page.items, terminal.moments).lines(width: terminal.width, palette: terminal.palette))
            if let next = page.next { Terminal.complain("There are more: --after \(next)") }
        }
    }

    /// Why the list may be empty.
    private func nothing(_ name: String?, _ server: RemoteClient) async throws -> String {
        guard let name else { return "no run fits" }
        let names = try await server.definitions().filter { $0.sort == .workflow }.map(\.name)
        return "no run fits" + (names.contains(name) ? "" : DidYouMean.sentence(name, among: names))
    }
}

/// `lovage workflow cancel`
struct WorkflowCancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancel runs and every job of them that is not over.",
        discussion: """
            Failure branches (rule: any_failed) then run, so that what was begun is cleaned
            up; the run is over when they are. --no-cleanup ends them too, also later.

            Examples:
              lovage workflow cancel 01930a3e-0000-7000-8000-000000000000 --reason 'disk is full'
            """)

    @Argument(help: "The ids of runs.") var ids: [String]
    @Option(help: "Why, for people.") var reason = ""
    @Flag(help: "End its failure branches as well.") var noCleanup = false
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        try await server.use { server, terminal in
            var series = Series(json: self.server.json)
            for id in ids {
                try await series.attempt {
                    let id = try await server.onlyRun(named: id, orElse: "lovage cancel")
                    terminal.write(
                        try await server.cancel(id, reason: reason, cleanup: !noCleanup), json: self.server.json)
                }
            }
            try series.end()
        }
    }
}
