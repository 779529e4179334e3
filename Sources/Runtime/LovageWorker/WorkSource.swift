public import LovageCore
public import LovageStore
public import LovageWorkflow

/// Where a worker gets its work: a store in the same process, or a server over HTTP.
public protocol WorkSource: Sendable {
    /// The clock that judges when a job may begin, read now.
    func now() -> StoreTime
    /// True when no lease of the worker ends before its signs of life were looked at, however long their answers take
    /// (`JobStore.keepsLeasesInSilence`). A worker of any other source stops what it runs before its lease ends.
    var keepsLeasesInSilence: Bool { get }
    /// Makes the worker known.
    func register(_ worker: WorkerRecord, lease: Duration) async throws
    /// Forgets the worker; what it still holds is lost to it.
    func retire(_ worker: WorkerID) async throws
    /// Takes ready jobs; waits for them until the ticket is withdrawn, if it can. Nothing means: ask again when woken.
    func claim(_ request: ClaimRequest, waiting ticket: ClaimTicket) async throws -> [Job]
    /// Reports starts, publications and ends, many in one call.
    func report(_ changes: [JobChange]) async throws -> [ChangeAnswer]
    /// Reports, and takes ready jobs in the same step if it can. May keep the calling thread meanwhile.
    func reportAndClaim(_ changes: [JobChange], for request: ClaimRequest) async throws -> NextWork
    /// Says that the worker is alive; answers what it no longer holds.
    func renew(_ worker: WorkerID, lease: Duration, holding: [Hold]) async throws -> [Hold]
    /// Yields when there may be work.
    func workArrived() -> AsyncStream<Void>
    /// Yields when a job was taken from the worker.
    func jobsTaken(from worker: WorkerID) -> AsyncStream<Void>
    /// A version of a command definition; nil when there is none.
    func command(_ kind: Kind, version: Int?) async throws -> CommandDefinition?
    /// A stored file by its SHA-256; nil when there is none.
    func file(hash: String) async throws -> StoredFile?
}

extension WorkSource {
    /// False: others may judge the lease meanwhile.
    public var keepsLeasesInSilence: Bool { false }

    /// Reports, and takes nothing.
    public func reportAndClaim(_ changes: [JobChange], for request: ClaimRequest) async throws -> NextWork {
        NextWork(answers: try await report(changes), jobs: [])
    }
}

/// Work from a store in the same process.
public struct StoreWorkSource: WorkSource {
    private let store: any Store

    /// Takes work from `store`.
    public init(_ store: any Store) { self.store = store }

    /// The store's clock.
    public func now() -> StoreTime { store.now().store }

    /// Whether the store is this process's alone.
    public var keepsLeasesInSilence: Bool { store.keepsLeasesInSilence }

    /// Makes the worker known.
    public func register(_ worker: WorkerRecord, lease: Duration) async throws {
        try await store.register(worker, lease: lease)
    }

    /// Forgets the worker.
    public func retire(_ worker: WorkerID) async throws { try await store.retire(worker) }

    /// Takes ready jobs, and waits for them.
    public func claim(_ request: ClaimRequest, waiting ticket: ClaimTicket) async throws -> [Job] {
        try await store.claim(request, waiting: ticket)
    }

    /// Reports starts, publications and ends.
    public func report(_ changes: [JobChange]) async throws -> [ChangeAnswer] { try await store.apply(changes) }

    /// Reports, and takes ready jobs in the same commit.
    public func reportAndClaim(_ changes: [JobChange], for request: ClaimRequest) async throws -> NextWork {
        try await store.reportAndClaim(changes, for: request)
    }

    /// Says that the worker is alive.
    public func renew(_ worker: WorkerID, lease: Duration, holding: [Hold]) async throws -> [Hold] {
        try await store.renew(worker, lease: lease, holding: holding)
    }

    /// Yields when a job became ready.
    public func workArrived() -> AsyncStream<Void> { store.wakeUps.listen(to: [.work]) }

    /// Yields when a job was taken from the worker.
    public func jobsTaken(from worker: WorkerID) -> AsyncStream<Void> { store.wakeUps.listen(to: [.worker(worker)]) }

    /// A version of a command definition.
    public func command(_ kind: Kind, version: Int?) async throws -> CommandDefinition? {
        guard
            case .command(let command) = try await store.definition(.command, named: kind.text, version: version)?
                .definition
        else { return nil }
        return command
    }

    /// A stored file.
    public func file(hash: String) async throws -> StoredFile? { try await store.file(hash: hash) }
}
