#if Commands
public import LovageCore
public import LovageStore
public import LovageWorker
import LovageWorkflow
import Synchronization

/// The command kinds a store defines, kept in step with it: the handlers a worker offers beside its Swift kinds.
public final class CommandCatalog: DynamicHandlers {
    private let known = Mutex<Set<Kind>>([])
    private let command: any Handler

    /// A catalog without kinds, all of whose kinds `handler` runs.
    public init(handler: any Handler) { command = handler }

    /// The kinds there are definitions for.
    public var kinds: Set<Kind> { known.withLock { $0 } }

    /// The handler of a kind; nil when no definition names it.
    public func handler(of kind: Kind) -> (any Handler)? { kinds.contains(kind) ? command : nil }

    /// Reads the store again, after definitions were applied, and wakes its workers if anything is new.
    public func refresh(from store: any Store) async throws(StoreError) {
        let kinds = try await store.definitions().compactMap { stored -> Kind? in
            guard case .command(let command) = stored.definition else { return nil }
            return command.kind
        }
        let isChanged = known.withLock { known in
            defer { known = Set(kinds) }
            return known != Set(kinds)
        }
        if isChanged { store.wakeUps.wake([.work]) }
    }
}
#endif
