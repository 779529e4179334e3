#if SQLite
public import LovageCore
public import LovageStore

// The seam, verb by verb: each is an operation on the shared transaction.

extension SQLiteStore: JobStore {
    /// The store's clock and the wall clock, read now.
    public func now() -> Moment { clock.now() }

    /// One writer serves every call of the one process that has the file, in their order.
    public var keepsLeasesInSilence: Bool { true }

    /// Inserts jobs; answers in order.
    public func submit(_ submissions: [Submission]) async throws(StoreError) -> [SubmitAnswer] {
        guard !submissions.isEmpty else { return [] }
        return try await writes.write("submit jobs") { try $0.submit(submissions) }
    }

    /// Takes up to `request.limit` ready jobs, best first; with a ticket it waits for them.
    public func claim(_ request: ClaimRequest, waiting ticket: ClaimTicket?) async throws(StoreError) -> [Job] {
        guard let ticket else { return try await writes.write("claim jobs") { try $0.claim(request) } }
        return try await writes.claim(request, waiting: ticket)
    }

    /// Applies events to jobs; answers in order.
    public func apply(_ changes: [JobChange]) async throws(StoreError) -> [ChangeAnswer] {
        guard !changes.isEmpty else { return [] }
        return staleWrites.noting(try await writes.write("change jobs") { try $0.apply(changes) })
    }

    /// Applies events and takes ready jobs, in one commit, on the caller's thread when nobody else writes.
    public func reportAndClaim(_ changes: [JobChange], for request: ClaimRequest) async throws(StoreError) -> NextWork {
        let next = try await writes.write("change jobs and claim others", here: true) {
            try $0.reportAndClaim(changes, for: request)
        }
        _ = staleWrites.noting(next.answers)
        return next
    }

    /// Says that `worker` is alive; answers those of `holding` it holds no more.
    public func renew(_ worker: WorkerID, lease: Duration, holding: [Hold]) async throws(StoreError) -> [Hold] {
        staleWrites.noting(
            try await writes.write("renew leases") { try $0.renew(worker, lease: lease, holding: holding) })
    }

    /// Makes up to `limit` suspended jobs ready whose time has come.
    public func promote(upTo limit: Int) async throws(StoreError) -> Promotion {
        try await writes.write("promote jobs that are due") { try $0.promote(upTo: limit) }
    }

    /// Ends up to `limit` leases, start windows and deadlines whose time was over when this was called.
    public func sweep(upTo limit: Int) async throws(StoreError) -> Int {
        // Not when it is written: while it waits for the disk, renewals that are in time wait behind it.
        let asked = clock.now().store
        return try await writes.write("end leases that are over") { try $0.sweep(upTo: limit, asOf: asked) }
    }

    /// Deletes up to `limit` finished jobs and workflows that nothing asks to keep.
    public func prune(upTo limit: Int) async throws(StoreError) -> [JobID] {
        try await writes.write("prune finished jobs") { try $0.prune(upTo: limit) }
    }
}

extension SQLiteStore: StoreControl {
    /// Replaces the settings of one queue.
    public func set(_ settings: QueueSettings, for queue: QueueName) async throws(StoreError) {
        try await writes.write("set queue \(queue)") { $0.set(settings, for: queue) }
    }

    /// Cancels up to `limit` waiting jobs of a queue, oldest first; answers how many.
    public func purge(_ queue: QueueName, upTo limit: Int) async throws(StoreError) -> Int {
        try await writes.write("purge queue \(queue)") { try $0.purge(queue, upTo: limit) }
    }

    /// Makes a worker known, with a first lease.
    public func register(_ worker: WorkerRecord, lease: Duration) async throws(StoreError) {
        try await writes.write("register a worker") { try $0.register(worker, lease: lease) }
    }

    /// Forgets a worker; whatever it still holds is lost to it at once.
    public func retire(_ worker: WorkerID) async throws(StoreError) {
        try await writes.write("retire a worker") { try $0.retire(worker) }
    }
}
#endif
