#if Server
import LovageCore
import LovageStore
import LovageWorkflow

extension Sequence<StoredDefinition> {
    /// The commands among these definitions, by their kinds.
    var commands: [Kind: CommandDefinition] {
        reduce(into: [:]) { commands, stored in
            if case .command(let command) = stored.definition { commands[command.kind] = command }
        }
    }

    /// The kinds that the commands among these definitions describe.
    var commandKinds: Set<Kind> { Set(commands.keys) }
}

extension Sequence<WorkerOverview> {
    /// The kinds that at least one of these workers runs.
    var offeredKinds: Set<Kind> { reduce(into: []) { $0.formUnion($1.record.offer.kinds) } }
}
#endif
