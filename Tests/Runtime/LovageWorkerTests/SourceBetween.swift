import LovageCore
import LovageStore
import LovageWorker
import LovageWorkflow

/// A source that stands before another one: it passes on every call that a test has nothing to say to. Unless the test
/// says otherwise it stands for a store that others share, who judge its leases (`keepsLeasesInSilence`).
protocol SourceBetween: WorkSource {
    var source: any WorkSource { get }
}

extension SourceBetween {
    func now() -> StoreTime { source.now() }
    func register(_ worker: WorkerRecord, lease: Duration) async throws {
        try await source.register(worker, lease: lease)
    }
    func retire(_ worker: WorkerID) async throws { try await source.retire(worker) }
    func claim(_ request: ClaimRequest, waiting ticket: ClaimTicket) async throws -> [Job] {
        try await source.claim(request, waiting: ticket)
    }
    func report(_ changes: [JobChange]) async throws -> [ChangeAnswer] { try await source.report(changes) }
    func reportAndClaim(_ changes: [JobChange], for request: ClaimRequest) async throws -> NextWork {
        try await source.reportAndClaim(changes, for: request)
    }
    func renew(_ worker: WorkerID, lease: Duration, holding: [Hold]) async throws -> [Hold] {
        try await source.renew(worker, lease: lease, holding: holding)
    }
    func workArrived() -> AsyncStream<Void> { source.workArrived() }
    func jobsTaken(from worker: WorkerID) -> AsyncStream<Void> { source.jobsTaken(from: worker) }
    func command(_ kind: Kind, version: Int?) async throws -> CommandDefinition? {
        try await source.command(kind, version: version)
    }
    func file(hash: String) async throws -> StoredFile? { try await source.file(hash: hash) }
}
