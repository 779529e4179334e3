#if Server
import LovageAPI
import LovageCore
import LovageStore
import LovageWorkflow

/// Names in a request that nobody has: kinds that no stored command defines and no live worker runs, or queues that no
/// live worker takes from and that have neither settings nor ever had a job.
///
/// A job of such a kind or queue would wait for ever, and a misspelt name is most often why. Whoever submits before the
/// worker is there says so (`unknownKind: wait`, `unknownQueue: wait`), and those jobs are left out.
struct UnknownNames<Named: Name>: Sendable {
    /// Each name with the indices of its jobs, in the order of the first of them.
    private(set) var found: [(name: Named, indices: [Int])] = []
    /// How many places of one name are told: whoever sent the jobs finds the others by their name.
    private static var mostPlaces: Int { 3 }

    /// Collects the names that are not known among those of jobs.
    init(_ names: [(name: Named, index: Int)], known: Set<Named>) {
        var positions: [Named: Int] = [:]
        for (name, index) in names where !known.contains(name) {
            if let position = positions[name] {
                found[position].indices.append(index)
            } else {
                positions[name] = found.count
                found.append((name, [index]))
            }
        }
    }

    /// One sentence for each name, of which `say` is the end; `place` says where a job stands among many.
    func problems(at place: (Int) -> String, _ say: (Named) -> String) -> [String] {
        found.map { name, indices in
            let places = indices.prefix(Self.mostPlaces).map(place).filter { !$0.isEmpty }.joined(separator: ", ")
            let more = indices.count > Self.mostPlaces ? " and \(indices.count - Self.mostPlaces) more" : ""
            return (places.isEmpty ? "" : "\(places)\(more): ") + say(name)
        }
    }
}
#endif
