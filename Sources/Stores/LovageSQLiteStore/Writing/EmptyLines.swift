#if SQLite
import LovageCore

/// The kinds of which a claim has found no ready job in a queue, and none has become ready since: a worker offers many
/// kinds, and most of them have nothing to do at any moment.
///
/// Only a hint that spares a question. Whatever is not here is asked for.
struct EmptyLines {
    private struct Line: Hashable {
        let queue: QueueName
        let kind: Kind
    }

    private var lines: Set<Line> = []

    /// Past this many all are forgotten.
    private static let most = 10_000

    /// The kinds among `kinds` that may have ready jobs.
    func mayHaveWork(_ kinds: Set<Kind>, in queue: QueueName) -> Set<Kind> {
        lines.isEmpty ? kinds : kinds.filter { !lines.contains(Line(queue: queue, kind: $0)) }
    }

    /// A claim found nothing.
    mutating func note(_ kind: Kind, in queue: QueueName) {
        if lines.count >= Self.most { lines = [] }
        lines.insert(Line(queue: queue, kind: kind))
    }

    /// A job has become ready.
    mutating func fill(_ kind: Kind, in queue: QueueName) {
        if !lines.isEmpty { lines.remove(Line(queue: queue, kind: kind)) }
    }
}
#endif
