#if Server
import LovageAPI
import LovageCore
import LovageStore
import LovageWorker
import LovageWorkflow

/// What the server does for each route, on any store.
struct Operations: Sendable {
    let store: any Store
    let log: any AttemptLog
    let timekeeper: Timekeeper
    let makeUUID: @Sendable (WallTime) -> UUIDv7
    let version: String
    /// Whether everybody on this machine may use the API over TCP.
    let isOpen: Bool
    let began: Moment
    /// The OpenAPI document, made once: it is the largest answer and the same for everybody.
    let document: JSONText
    /// Makes random bytes that nobody can guess, as many as are asked for.
    var makeRandom: @Sendable (Int) -> [UInt8] = TokenMaking.random
    /// What the worker in this process knows of its machine; nil without a worker.
    var condition: WorkerCondition?
    var applied: @Sendable () async throws -> Void = {}

    private typealias Operation = @Sendable (Operations, Call) async throws -> Reply

    /// Performs a call.
    func perform(_ call: Call) async throws -> Reply {
        guard let operation = Self.table[call.route.name] else {
            preconditionFailure("route \(call.route.name) has no operation")
        }
        return try await operation(self, try await completed(call))
    }

    /// The call with the whole id in its path, where a part of one was given.
    private func completed(_ call: Call) async throws -> Call {
        guard let text = call.path["id"] else { return call }
        var call = call
        call.path["id"] = try await IDFinder(store: store).completed(text, of: call.route)
        return call
    }

    /// The names of the routes that are served.
    static var served: Set<String> { Set(table.keys) }

    private static let table: [String: Operation] = [
        Route.submit.name: { try await $0.submit($1) },
        Route.submitMany.name: { try await $0.submitMany($1) },
        Route.jobs.name: { try await $0.jobs($1) },
        Route.job.name: { try await $0.job($1) },
        Route.waitForJob.name: { try await $0.waitForJob($1) },
        Route.attempts.name: { try await $0.attempts($1) },
        Route.cancelJob.name: { try await $0.cancelJob($1) },
        Route.retryJob.name: { try await $0.retryJob($1) },
        Route.logs.name: { try await $0.logs($1) },
        Route.explainJob.name: { try await $0.explainJob($1) },
        Route.run.name: { try await $0.run($1) },
        Route.workflows.name: { try await $0.workflows($1) },
        Route.workflow.name: { try await $0.workflow($1) },
        Route.waitForWorkflow.name: { try await $0.waitForWorkflow($1) },
        Route.cancelWorkflow.name: { try await $0.cancelWorkflow($1) },
        Route.retryWorkflow.name: { try await $0.retryWorkflow($1) },
        Route.explainWorkflow.name: { try await $0.explainWorkflow($1) },
        Route.definitions.name: { operations, _ in try await operations.definitions() },
        Route.apply.name: { try await $0.applyDefinitions($1) },
        Route.definition.name: { try await $0.definition($1) },
        Route.graph.name: { try await $0.graph($1) },
        Route.queues.name: { operations, _ in try await operations.queues() },
        Route.queue.name: { try await $0.queue($1) },
        Route.changeQueue.name: { try await $0.changeQueue($1) },
        Route.pauseQueue.name: { try await $0.setPaused(true, $1) },
        Route.resumeQueue.name: { try await $0.setPaused(false, $1) },
        Route.purgeQueue.name: { try await $0.purgeQueue($1) },
        Route.waitForQueue.name: { try await $0.waitForQueue($1) },
        Route.workers.name: { operations, _ in try await operations.workers() },
        Route.find.name: { try await $0.find($1) },
        Route.status.name: { operations, _ in try await operations.status() },
        Route.health.name: { operations, _ in try await operations.health() },
        Route.tokens.name: { operations, _ in try await operations.tokens() },
        Route.createToken.name: { try await $0.createToken($1) },
        Route.revokeToken.name: { try await $0.revokeToken($1) },
        Route.live.name: { _, _ in .object(ProbeView(isOK: true)) },
        Route.ready.name: { operations, _ in try await operations.ready() },
        Route.document.name: { operations, _ in .json(operations.document, status: 200) },
    ]
}
#endif
