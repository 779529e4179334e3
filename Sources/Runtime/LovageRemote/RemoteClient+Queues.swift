#if Server
package import LovageAPI
package import LovageCore

extension RemoteClient {
    /// All queues, by name.
    package func queues() async throws -> [QueueView] {
        let answer: QueuesView = try await call(.queues)
        return answer.queues
    }

    /// One queue; one that nobody has used is empty.
    package func queue(_ name: QueueName) async throws -> QueueView { try await call(.queue, [name.text]) }

    /// Changes the bounds of a queue.
    package func change(_ name: QueueName, _ change: QueueChange) async throws -> QueueView {
        try await call(.changeQueue, [name.text], body: change)
    }

    /// Claims nothing from a queue; what runs goes on.
    package func pause(_ name: QueueName) async throws -> QueueView { try await call(.pauseQueue, [name.text]) }

    /// Claims from a queue again.
    package func resume(_ name: QueueName) async throws -> QueueView { try await call(.resumeQueue, [name.text]) }

    /// Cancels every waiting job of a queue; answers how many.
    package func purge(_ name: QueueName) async throws -> Int {
        let answer: PurgeView = try await call(.purgeQueue, [name.text])
        return answer.purged
    }

    /// Waits until no job of a queue waits or runs, or `within` is over (nil for as long as it takes).
    package func join(_ name: QueueName, within: Duration? = nil) async throws -> QueueView {
        try await longPoll(.waitForQueue, name.text, within) { (queue: QueueView) in queue.isIdle }
    }

    /// All live workers, oldest first.
    package func workers() async throws -> [WorkerView] {
        let answer: WorkersView = try await call(.workers)
        return answer.workers
    }

    /// What an id, a part of one, or a name stands for; fails with `unknown_id` when it stands for nothing.
    package func find(_ text: String) async throws -> FindView { try await call(.find, [text]) }

    /// One page for people.
    package func status() async throws -> StatusPageView { try await call(.status) }

    /// Whether the server works and what it promises.
    package func health() async throws -> HealthView { try await call(.health) }

    /// The OpenAPI document.
    package func document() async throws -> JSONText { try await text(.document) }
}
#endif
