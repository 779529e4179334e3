#if Server
import LovageAPI
import LovageCore
import LovageStore
import LovageWorkflow

/// The queues of a request that nobody has: no live worker takes from them, and they have no settings and never had a
/// job. `default` is always known.
struct UnknownQueues: Sendable {
    let names: UnknownNames<QueueName>
    private let known: Set<QueueName>

    /// Looks for them among the queues that jobs are for. The store is asked once, and only for other queues than
    /// `default`.
    init(in queues: [(name: QueueName, index: Int)], _ store: any Store) async throws {
        let doubtful = queues.filter { $0.name != .default }
        known = doubtful.isEmpty ? [.default] : try await KnownQueues.names(in: store)
        names = UnknownNames(doubtful, known: known)
    }

    /// One sentence for each queue; `place` says where a job stands among many.
    func problems(at place: (Int) -> String) -> [String] {
        names.problems(at: place) { "nobody has the queue '\($0)': no live worker takes from it, and it was never set" }
    }

    /// What to do about the first of them.
    var hint: String {
        let fix =
            "start a worker with --queue, set the queue's bounds, or let the job wait with unknownQueue: wait "
            + "(--unknown-queue wait)"
        guard let queue = names.found.first?.name else { return fix }
        return DidYouMean.nearest(to: queue.text, among: known.map(\.text).sorted())
            .map { "did you mean '\($0)'? Otherwise \(fix)" } ?? fix
    }
}

/// The queues that somebody has.
enum KnownQueues {
    /// Those that a live worker takes from, that have settings or ever had a job, and `default`.
    static func names(in store: any Store) async throws -> Set<QueueName> {
        let served = try await store.workers().flatMap(\.record.offer.queues)
        return Set(served + (try await store.queues().map(\.name))).union([.default])
    }
}
#endif
