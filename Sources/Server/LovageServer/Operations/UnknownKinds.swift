#if Server
import LovageAPI
import LovageCore
import LovageStore
import LovageWorkflow

/// The kinds of a request that nobody has: no stored command defines them, and no live worker runs them.
struct UnknownKinds: Sendable {
    let names: UnknownNames<Kind>
    private let store: any Store
    /// What live workers run; empty when they were not asked.
    private let offered: Set<Kind>

    /// Looks for them; `commands` are the kinds whose definition was found. Workers are asked once, and only when a kind
    /// has no definition.
    init(in requests: [SubmitRequest], besides commands: Set<Kind>, _ store: any Store) async throws {
        self.store = store
        let doubtful = requests.indices.filter {
            requests[$0].unknownKind != .wait && !commands.contains(requests[$0].kind)
        }
        offered = doubtful.isEmpty ? [] : try await store.workers().offeredKinds
        names = UnknownNames(doubtful.map { (requests[$0].kind, $0) }, known: offered)
    }

    /// One sentence for each kind; `place` says where a job stands among many.
    func problems(at place: (Int) -> String) -> [String] {
        names.problems(at: place) {
            "nobody has the kind '\($0)': no command of this name is defined, and no live worker runs it"
        }
    }

    /// What to do about the first of them.
    func hint() async throws -> String {
        let fix =
            "apply its definition, start a worker that has it, or let the job wait for one with unknownKind: wait "
            + "(--unknown-kind wait)"
        guard let kind = names.found.first?.name else { return fix }
        let known = offered.union(try await store.definitions().commandKinds).map(\.text).sorted()
        return DidYouMean.nearest(to: kind.text, among: known).map { "did you mean '\($0)'? Otherwise \(fix)" } ?? fix
    }
}
#endif
