#if Server
import LovageAPI
import LovageCore
import LovageStore
import LovageWorkflow

/// The kinds of a request that nobody has: no stored command defines them, and no live worker runs them.
///
/// A job of such a kind would wait for ever, and a misspelt kind is most often why. Whoever submits before the worker is
/// there says so with `unknownKind: wait`, and those jobs are left out.
struct UnknownKinds: Sendable {
    /// Each kind with the indices of its jobs, in the order of the first of them.
    private(set) var found: [(kind: Kind, indices: [Int])] = []
    private let store: any Store
    /// What live workers run; empty when they were not asked.
    private let offered: Set<Kind>
    /// How many places of one kind are named: whoever sent the jobs finds the others by their kind.
    private static let mostPlaces = 3

    /// Looks for them; `commands` are the kinds whose definition was found. Workers are asked once, and only when a kind
    /// has no definition.
    init(in requests: [SubmitRequest], besides commands: Set<Kind>, _ store: any Store) async throws {
        self.store = store
        let doubtful = requests.indices.filter {
            requests[$0].unknownKind != .wait && !commands.contains(requests[$0].kind)
        }
        offered = doubtful.isEmpty ? [] : try await store.workers().offeredKinds
        var positions: [Kind: Int] = [:]
        for index in doubtful where !offered.contains(requests[index].kind) {
            let kind = requests[index].kind
            if let position = positions[kind] {
                found[position].indices.append(index)
            } else {
                positions[kind] = found.count
                found.append((kind, [index]))
            }
        }
    }

    /// One sentence for each kind; `place` says where a job stands among many.
    func problems(at place: (Int) -> String) -> [String] {
        found.map { kind, indices in
            let places = indices.prefix(Self.mostPlaces).map(place).filter { !$0.isEmpty }.joined(separator: ", ")
            let more = indices.count > Self.mostPlaces ? " and \(indices.count - Self.mostPlaces) more" : ""
            return (places.isEmpty ? "" : "\(places)\(more): ")
                + "nobody has the kind '\(kind)': no command of this name is defined, and no live worker runs it"
        }
    }

    /// What to do about the first of them.
    func hint() async throws -> String {
        let fix =
            "apply its definition, start a worker that has it, or let the job wait for one with unknownKind: wait "
            + "(--unknown-kind wait)"
        guard let kind = found.first?.kind else { return fix }
        let known = offered.union(try await store.definitions().commandKinds).map(\.text).sorted()
        return DidYouMean.nearest(to: kind.text, among: known).map { "did you mean '\($0)'? Otherwise \(fix)" } ?? fix
    }
}
#endif
