import Logging
import LovageCore
import LovageStore
import LovageTesting
import LovageWorker
import LovageWorkflow

let quietLogger: Logger = {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
}()

/// Writes every call down.
struct CountingSource: WorkSource {
    let source: any WorkSource
    let ledger = Ledger()
    /// Called before a report with a claim goes through, on the thread of whoever reports.
    let beforeReport: @Sendable () -> Void

    init(_ source: any WorkSource, beforeReport: @escaping @Sendable () -> Void = {}) {
        self.source = source
        self.beforeReport = beforeReport
    }

    func now() -> StoreTime { source.now() }
    func register(_ worker: WorkerRecord, lease: Duration) async throws {
        try await source.register(worker, lease: lease)
    }
    func retire(_ worker: WorkerID) async throws { try await source.retire(worker) }
    func claim(_ request: ClaimRequest, waiting ticket: ClaimTicket) async throws -> [Job] {
        ledger.write("claim")
        return try await source.claim(request, waiting: ticket)
    }
    func report(_ changes: [JobChange]) async throws -> [ChangeAnswer] {
        ledger.write("report")
        return try await source.report(changes)
    }
    func reportAndClaim(_ changes: [JobChange], for request: ClaimRequest) async throws -> NextWork {
        ledger.write("report and claim")
        beforeReport()
        return try await source.reportAndClaim(changes, for: request)
    }
    func renew(_ worker: WorkerID, lease: Duration, holding: [Hold]) async throws -> [Hold] {
        defer { ledger.write("renew") }
        return try await source.renew(worker, lease: lease, holding: holding)
    }
    func workArrived() -> AsyncStream<Void> { source.workArrived() }
    func jobsTaken(from worker: WorkerID) -> AsyncStream<Void> { source.jobsTaken(from: worker) }
    func command(_ kind: Kind, version: Int?) async throws -> CommandDefinition? {
        try await source.command(kind, version: version)
    }
    func file(hash: String) async throws -> StoredFile? { try await source.file(hash: hash) }
}
