#if Server
import LovageAPI
import LovageStore

extension Operations {
    /// `GET /health`
    func health() async throws -> Reply {
        .object(await health(queues: try await store.queues(), workers: try await store.workers()))
    }

    /// How the server is, with these queues and workers.
    func health(queues: [QueueOverview], workers: [WorkerOverview]) async -> HealthView {
        HealthView(
            await store.health(), version: version, isOpen: isOpen, since: began, now: store.now(), queues: queues,
            workers: workers, trouble: workerTrouble)
    }

    /// `GET /health/ready`
    func ready() async throws -> Reply {
        let health = await store.health()
        guard health.isWritable else {
            throw ProblemView(.notReady, health.problem ?? "the store takes no submissions now")
        }
        if let trouble = workerTrouble { throw ProblemView(.notReady, trouble) }
        return .object(ProbeView(isOK: true))
    }
}
#endif
