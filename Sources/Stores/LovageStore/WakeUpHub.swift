public import LovageCore
import Synchronization

/// What somebody may wait for a change of.
public enum WakeTopic: Sendable, Hashable {
    /// A job became ready, or a queue was resumed.
    case work
    /// A job held by this worker was taken from it.
    case worker(WorkerID)
    /// This job changed.
    case job(JobID)
    /// This run changed.
    case workflow(WorkflowID)
    /// A waiting or running job of this queue left it.
    case queue(QueueName)
    /// A job is suspended until a time that may be nearer than any other.
    case timers
}

/// Wakes those who wait for a change, after the commit that holds it.
///
/// A wake-up says that something changed, never what: whoever is woken reads the store again. So wake-ups that nobody
/// has taken yet melt into one, and a slow reader costs one flag.
public final class WakeUpHub: Sendable {
    private let listeners = Mutex(Listeners())

    private struct Listeners {
        var next = 0
        var byTopic: [WakeTopic: [Int: AsyncStream<Void>.Continuation]] = [:]
    }

    /// Makes a hub without listeners.
    public init() {}

    /// Begins to listen; the sequence yields once for any number of wake-ups since the last time it was asked.
    ///
    /// Listen first and read the store afterwards: a change between the two is then not missed.
    public func listen(to topics: Set<WakeTopic>) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let token = listeners.withLock { listeners in
            let token = listeners.next
            listeners.next += 1
            for topic in topics { listeners.byTopic[topic, default: [:]][token] = continuation }
            return token
        }
        continuation.onTermination = { [weak self] _ in self?.remove(token, from: topics) }
        return stream
    }

    /// Wakes everybody who listens to one of `topics`. Complexity: O(topics + listeners woken).
    public func wake(_ topics: some Sequence<WakeTopic>) {
        let woken = listeners.withLock { listeners in
            topics.flatMap { listeners.byTopic[$0].map { Array($0.values) } ?? [] }
        }
        for continuation in woken { continuation.yield() }
    }

    private func remove(_ token: Int, from topics: Set<WakeTopic>) {
        listeners.withLock { listeners in
            for topic in topics {
                listeners.byTopic[topic]?[token] = nil
                if listeners.byTopic[topic]?.isEmpty == true { listeners.byTopic[topic] = nil }
            }
        }
    }
}
