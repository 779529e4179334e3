public import LovageCore

/// Definitions that are stored together, held against each other.
public struct DefinitionSet: Sendable {
    /// What is wrong, or may be.
    public struct Finding: Sendable, Hashable {
        /// Which definition, by its position.
        public let position: Int
        /// What and where in it.
        public let fault: DefinitionFault
        /// True when it may be meant so.
        public let isWarning: Bool
        /// The definition that it collides with, by its position.
        public var other: Int?
    }

    private let definitions: [Definition]
    private let knownKinds: Set<Kind>?
    private let commands: [Kind: CommandDefinition]
    private let stored: [Kind: CommandDefinition]
    private let knownQueues: Set<QueueName>?

    /// Takes definitions; `knownKinds` are those that exist elsewhere, nil when that is not known, and `stored` the
    /// commands among them, which these definitions replace where they have the same name; `knownQueues` are those that
    /// somebody has, nil when that is not known.
    public init(
        _ definitions: [Definition], knownKinds: Set<Kind>?, stored: [Kind: CommandDefinition] = [:],
        knownQueues: Set<QueueName>? = nil
    ) {
        self.definitions = definitions
        self.knownKinds = knownKinds
        self.stored = stored
        self.knownQueues = knownQueues
        let pairs: [(Kind, CommandDefinition)] = definitions.compactMap {
            if case .command(let command) = $0 { (command.kind, command) } else { nil }
        }
        commands = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// Names taken twice, kinds that nobody has, arguments that a command does not take.
    public func findings() -> [Finding] {
        var findings: [Finding] = []
        var seen: [[String]: Int] = [:]
        for (position, definition) in definitions.enumerated() {
            let sort = definition.sort.rawValue
            let first = seen[[sort, definition.name]]
            if first == nil { seen[[sort, definition.name]] = position }
            if let first {
                findings.append(
                    Finding(
                        position: position,
                        fault: DefinitionFault([sort], "\(sort) '\(definition.name)' is defined more than once"),
                        isWarning: false, other: first))
            }
            if case .command(let command) = definition {
                findings += doubt(command.options.queue, ["queue"], position)
            }
            guard case .workflow(let workflow) = definition else { continue }
            for step in workflow.steps {
                findings += doubt(step.overrides.queue, ["steps", step.name, "queue"], position)
                findings += check(step, position, hints: findings.count < DidYouMean.mostHints)
            }
        }
        return findings
    }

    /// A queue may be served later, so that it is only doubted.
    private func doubt(_ queue: QueueName?, _ path: [String], _ position: Int) -> [Finding] {
        guard let queue, let knownQueues, queue != .default, !knownQueues.contains(queue) else { return [] }
        let near = DidYouMean.nearest(to: queue.text, among: knownQueues.map(\.text).sorted())
        return [
            Finding(
                position: position,
                fault: DefinitionFault(
                    path, "no live worker takes from the queue '\(queue)'",
                    hint: near.map { "did you mean '\($0)'?" } ?? "start one with --queue \(queue)"), isWarning: true)
        ]
    }

    private func check(_ step: WorkflowDefinition.Step, _ position: Int, hints: Bool) -> [Finding] {
        guard !step.kind.text.isEmpty else { return [] }
        if let command = commands[step.kind] ?? stored[step.kind] {
            return command.faults(ofArguments: step.arguments, at: ["steps", step.name, "with"], hints: hints)
                .map { Finding(position: position, fault: $0, isWarning: false) }
        }
        if knownKinds?.contains(step.kind) == true { return [] }
        let known = hints ? commands.keys.map(\.text).sorted() + (knownKinds ?? []).map(\.text).sorted() : []
        let hint = DidYouMean.nearest(to: step.kind.text, among: known).map { "did you mean '\($0)'?" }
        return [
            Finding(
                position: position,
                fault: DefinitionFault(
                    ["steps", step.name, "run"], "no command '\(step.kind)' is defined here",
                    hint: hint ?? "a worker has to serve this kind"), isWarning: knownKinds == nil)
        ]
    }
}

extension CommandDefinition {
    /// What can be known to be wrong with a step's arguments before its templates are worked out.
    fileprivate func faults(ofArguments arguments: JSONValue, at path: [String], hints: Bool) -> [DefinitionFault] {
        let members = arguments.objectValue ?? []
        let names = parameters.map(\.name)
        let known = Set(names)
        var faults: [DefinitionFault] = []
        for member in members where !known.contains(member.key) {
            let near =
                hints && faults.count < DidYouMean.mostHints ? DidYouMean.nearest(to: member.key, among: names) : nil
            faults.append(
                DefinitionFault(
                    path + [member.key], "command '\(kind)' has no parameter '\(member.key)'",
                    hint: near.map { "did you mean '\($0)'?" }
                        ?? (names.isEmpty ? "it has none" : "it has \(names.joined(separator: ", "))")))
        }
        let given = Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        for parameter in parameters {
            guard let value = given[parameter.name], value != .null else {
                if parameter.isRequired {
                    faults.append(
                        DefinitionFault(path, "command '\(kind)' needs the argument '\(parameter.name)'"))
                }
                continue
            }
            if value.stringValue?.contains("${") == true { continue }
            faults += parameter.problems(with: value).map {
                DefinitionFault(path + [parameter.name], "argument '\(parameter.name)' \($0)")
            }
        }
        return faults
    }
}
