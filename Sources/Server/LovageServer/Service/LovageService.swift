#if Server
import LovageClient
package import LovageCore
import LovageMaintenance
package import LovageStore
package import LovageWorker
package import Logging
import ServiceLifecycle

/// Everything of one process on one store, as one `Service`.
///
/// Started in this order, and stopped in the opposite one, each after the one before it has ended:
///
/// 1. promoter, rescuer, pruner: until the last moment delays end, lost leases are taken back and logs follow jobs
/// 2. HTTP: while the worker drains people can watch it, and cancel what it waits for
/// 3. worker: claims no more, lets what runs end for its grace, hands back the rest
///
/// The store outlives all of them: whoever opened it closes it when `run` has returned.
package struct LovageService: Service {
    private let services: [any Service]
    private let logger: Logger

    /// Puts a process together; `worker` nil for a server without slots of its own. `listening` is told the port (nil
    /// without TCP).
    package init(
        configuration: ServerConfiguration, store: any Store, log: any AttemptLog, worker: Worker?, logger: Logger,
        timekeeper: Timekeeper = .continuous, makeUUID: @escaping @Sendable (WallTime) -> UUIDv7 = Client.randomUUID,
        listening: @escaping @Sendable (Int?) async -> Void = { _ in }
    ) {
        let pruner = Pruner(store, logger: logger, timekeeper: timekeeper) { jobs in
            do {
                try await log.delete(jobs)
            } catch {
                // The jobs are gone and nobody asks for their logs; what is left only takes room.
                logger.warning("Logs of pruned jobs could not be deleted", metadata: ["error": "\(error)"])
            }
        }
        let http = HTTPService(
            configuration: configuration, store: store, log: log, condition: worker?.condition, logger: logger,
            timekeeper: timekeeper,
            makeUUID: makeUUID, listening: listening)
        services =
            [
                Promoter(store, logger: logger, timekeeper: timekeeper),
                Rescuer(store, logger: logger, timekeeper: timekeeper, grace: configuration.lease), pruner, http,
            ] + (worker.map { [$0] } ?? [])
        self.logger = logger
    }

    /// Runs until graceful shutdown has ended everything, or until it is cancelled: then handlers are cancelled and
    /// their jobs handed back.
    package func run() async throws {
        var quiet = logger.untilCancelled
        quiet.logLevel = max(.notice, logger.logLevel)
        let group = ServiceGroup(
            configuration: .init(
                services: services.map {
                    .init(
                        service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .cancelGroup)
                }, logger: quiet))
        try await group.run()
    }
}
#endif
