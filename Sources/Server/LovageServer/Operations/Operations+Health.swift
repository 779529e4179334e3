#if Server
import LovageAPI
import LovageStore

extension Operations {
    /// `GET /health`
    func health() async throws -> Reply {
        let health = await store.health()
        return .object(
            HealthView(
                health, version: version, isOpen: isOpen, since: began, now: store.now(),
                queues: try await store.queues(), workers: try await store.workers()))
    }

    /// `GET /health/ready`
    func ready() async throws -> Reply {
        let health = await store.health()
        guard health.isWritable else {
            throw ProblemView(.notReady, health.problem ?? "the store takes no submissions now")
        }
        return .object(ProbeView(isOK: true))
    }
}
#endif
