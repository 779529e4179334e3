#if Server
import LovageCore
import LovageStore
import LovageWorkflow

extension Sequence<StoredDefinition> {
    /// The kinds that the commands among these definitions describe.
    var commandKinds: Set<Kind> {
        reduce(into: []) { kinds, stored in
            if case .command(let command) = stored.definition { kinds.insert(command.kind) }
        }
    }
}

extension Sequence<WorkerOverview> {
    /// The kinds that at least one of these workers runs.
    var offeredKinds: Set<Kind> { reduce(into: []) { $0.formUnion($1.record.offer.kinds) } }
}
#endif
