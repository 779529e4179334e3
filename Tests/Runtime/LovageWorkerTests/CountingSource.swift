import Logging
import LovageCore
import LovageStore
import LovageTesting
import LovageWorker

let quietLogger: Logger = {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
}()

/// Writes every call down.
struct CountingSource: SourceBetween {
    let source: any WorkSource
    let ledger = Ledger()
    /// Called before a report with a claim goes through, on the thread of whoever reports.
    let beforeReport: @Sendable () -> Void

    init(_ source: any WorkSource, beforeReport: @escaping @Sendable () -> Void = {}) {
        self.source = source
        self.beforeReport = beforeReport
    }

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
}
