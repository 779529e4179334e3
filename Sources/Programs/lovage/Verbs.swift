import ArgumentParser
import LovageWorkflow

/// The verbs people type: other words for what exists, what does not exist yet, and what was probably meant by the rest.
///
/// It looks at the words before the parser does, which would call a misspelt verb an unexpected argument.
enum Verbs {
    /// Other words for commands, by the words that lead to them.
    private static let synonyms: [[String]: [String]] = [
        ["ps"]: ["list"], ["jobs"]: ["list"], ["ls"]: ["list"], ["describe"]: ["show"], ["inspect"]: ["show"],
        ["queues"]: ["queue", "list"], ["workers"]: ["worker", "list"], ["runs"]: ["workflow", "list"],
        ["workflows"]: ["workflow", "list"], ["definition"]: ["definitions"], ["kinds"]: ["definitions"],
        ["log"]: ["logs"], ["workflow", "status"]: ["workflow", "show"], ["workflow", "get"]: ["workflow", "show"],
        ["workflow", "describe"]: ["workflow", "show"], ["workflow", "ls"]: ["workflow", "list"],
        ["workflow", "ps"]: ["workflow", "list"], ["workflow", "start"]: ["workflow", "run"],
        ["workflow", "log"]: ["workflow", "logs"], ["workflow", "explain"]: ["explain"],
        ["workflow", "definitions"]: ["definitions"], ["queue", "get"]: ["queue", "show"],
        ["queue", "status"]: ["queue", "show"], ["queue", "describe"]: ["queue", "show"],
        ["queue", "ls"]: ["queue", "list"], ["queue", "wait"]: ["queue", "join"],
        ["worker", "get"]: ["worker", "show"], ["worker", "status"]: ["worker", "show"],
        ["worker", "describe"]: ["worker", "show"], ["worker", "ls"]: ["worker", "list"],
        ["worker", "start"]: ["worker", "run"],
    ]

    /// What people ask for that is done in another way, or not yet.
    private static let advice: [[String]: String] = {
        let delete =
            "nothing is deleted by hand: 'lovage cancel ID' ends what is not over, and what is over goes after the time that "
            + "'lovage queue set NAME --keep TIME' sets"
        let schedule =
            "there are no schedules yet: let cron or a systemd timer call 'lovage submit' or 'lovage workflow run'"
        let stop = "say 'lovage cancel ID' for a job or a run, 'lovage queue pause NAME' for a queue"
        let begin =
            "say 'lovage up' for a server, 'lovage submit KIND' for a job, 'lovage workflow run NAME' for a workflow"
        return [
            ["delete"]: delete, ["rm"]: delete, ["remove"]: delete, ["prune"]: delete, ["workflow", "delete"]: delete,
            ["queue", "delete"]: "a queue is there while it has jobs or settings; '"
                + "lovage queue purge NAME --force' cancels what waits in it",
            ["schedule"]: schedule, ["schedules"]: schedule, ["cron"]: schedule, ["timer"]: schedule,
            ["stop"]: stop, ["kill"]: stop, ["pause"]: stop, ["workflow", "stop"]: "say 'lovage workflow cancel RUN'",
            ["start"]: begin, ["run"]: begin, ["server"]: begin, ["serve"]: begin,
            ["worker", "stop"]: "a worker drains and ends at SIGTERM or Ctrl-C",
        ]
    }()

    /// The words as the parser is to see them; throws one sentence for a verb that does not exist.
    static func resolved(
        _ words: [String], root: any ParsableCommand.Type = LovageCommand.self
    ) throws(CommandFailure) -> [String] {
        guard let first = words.first, !first.hasPrefix("-") else { return words }
        if first == "help" { return ["help"] + (try path(Array(words.dropFirst()), root)) }
        return try path(words, root)
    }

    /// Follows the words down the tree of commands as far as they name some.
    private static func path(_ words: [String], _ root: any ParsableCommand.Type) throws(CommandFailure) -> [String] {
        var words = words
        var command = root
        var depth = 0
        while depth < words.count, !words[depth].hasPrefix("-"), !command.configuration.subcommands.isEmpty {
            let typed = Array(words[...depth])
            if let synonym = synonyms[typed] {
                // From the root again: it may lead elsewhere.
                words = synonym + words.dropFirst(depth + 1)
                (command, depth) = (root, 0)
                continue
            }
            guard let next = command.configuration.subcommands.first(where: { name(of: $0) == words[depth] }) else {
                throw unknown(typed, in: command)
            }
            command = next
            depth += 1
        }
        return words
    }

    private static func unknown(_ typed: [String], in command: any ParsableCommand.Type) -> CommandFailure {
        let verb = Harmless.line(typed[typed.count - 1].prefix(60))
        let before = (["lovage"] + typed.dropLast()).joined(separator: " ")
        if let advice = advice[typed] { return .usage("there is no '\(before) \(verb)': \(advice)") }
        let others = synonyms.keys.filter { $0.count == typed.count && $0.dropLast() == typed.dropLast() }
            .compactMap(\.last).sorted()
        let near =
            DidYouMean.nearest(to: typed[typed.count - 1], among: command.configuration.subcommands.map(name))
            ?? DidYouMean.nearest(to: typed[typed.count - 1], among: others)
        let guess = near.map { "did you mean '\(before) \($0)'? " } ?? ""
        return .usage("there is no command '\(before) \(verb)': \(guess)'\(before) --help' lists them")
    }

    private static func name(of command: any ParsableCommand.Type) -> String { command.configuration.commandName ?? "" }
}
