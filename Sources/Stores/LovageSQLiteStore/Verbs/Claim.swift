#if SQLite
import LovageCore
import LovageStore

// Claims, and the leases they begin.
//
// A claim asks the index of ready jobs for each (queue, kind) it may take, in the order of `ClaimRule.goesFirst`, so
// that a million jobs of a kind nobody asked for cost nothing. Which job may be claimed is a core rule written as SQL;
// what the claim does to it is decided by the core again.
//
// The end of a lease is kept twice: with the job as it was when claimed, and with the worker as it was renewed last. The
// later one counts. So a heartbeat writes one row however many jobs the worker holds, and a claim writes none but its
// jobs'.

extension WriteTransaction {
    private static let readyOfKind = SQL(
        """
        SELECT \(JobColumns.list) FROM jobs WHERE state = 1 AND queue = ?1 AND kind = ?2 \
        AND (start_by IS NULL OR start_by > ?3) AND (deadline IS NULL OR deadline > ?3) \
        ORDER BY priority DESC, sequence LIMIT ?4
        """)
    private static let placesOfKind = SQL(
        """
        SELECT row, priority, sequence FROM jobs WHERE state = 1 AND queue = ?1 AND kind = ?2 \
        AND (start_by IS NULL OR start_by > ?3) AND (deadline IS NULL OR deadline > ?3) \
        ORDER BY priority DESC, sequence LIMIT ?4
        """)
    private static let dueByStore = SQL("SELECT \(JobColumns.list) FROM jobs WHERE due <= ? ORDER BY due, id LIMIT ?")
    private static let dueByWall = SQL(
        "SELECT \(JobColumns.list) FROM jobs WHERE due_wall <= ? ORDER BY due_wall, id LIMIT ?")
    private static let heldBy = SQL("SELECT id FROM jobs WHERE worker = ? ORDER BY id")
    private static let heldSince = SQL("SELECT id FROM jobs WHERE worker = ? AND claimed <= ? ORDER BY id")
    private static let holdOf = SQL("SELECT worker, fence FROM jobs WHERE id = ?")
    private static let leasesOfWorker = SQL(
        """
        SELECT (SELECT lease_ends FROM workers WHERE id = ?1), (SELECT renewed FROM leases WHERE worker = ?1)
        """)
    private static let extendWorker = SQL("UPDATE workers SET lease_ends = ? WHERE id = ?")
    private static let extendLease = SQL("INSERT OR REPLACE INTO leases (worker, renewed) VALUES (?, ?)")
    private static let settleLeases = SQL("UPDATE jobs SET lease_expires = max(lease_expires, ?) WHERE worker = ?")
    private static let forgetLease = SQL("DELETE FROM leases WHERE worker = ?")
    private static let forgetWorker = SQL("DELETE FROM workers WHERE id = ?")
    private static let sinceWhen = SQL("SELECT since FROM workers WHERE id = ?")
    private static let insertWorker = SQL(
        """
        INSERT OR REPLACE INTO workers (id, name, kinds, queues, slots, is_local, since, lease_ends) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """)
    private static let localWorkers = SQL("SELECT id FROM workers WHERE is_local = 1 ORDER BY id")

    /// Takes up to `request.limit` ready jobs, best first. One that finds none writes nothing.
    func claim(_ request: ClaimRequest) throws -> [Job] {
        var claimed: [Job] = []
        var end: StoreTime?
        for queue in request.offer.queues where !ledger[queue].settings.isPaused {
            for stored in try candidates(in: queue, request.offer.kinds, upTo: request.limit - claimed.count) {
                let expires = try end ?? beginLeases(of: request.worker, for: request.lease)
                end = expires
                let started = claimed.count < request.starting ? now.store : nil
                let lease = Lease(worker: request.worker, claimed: now.store, started: started, expires: expires)
                if case .changed(let job) = try apply(.claimed(lease), to: stored) { claimed.append(job) }
            }
        }
        return claimed.isEmpty ? try claimAhead(request) : claimed
    }

    /// Takes jobs that will be due soon, the first one first.
    private func claimAhead(_ request: ClaimRequest) throws -> [Job] {
        guard request.ahead > .zero else { return [] }
        let most = ClaimRule.mostLookedAtAhead
        let byStore = try connection.statement(Self.dueByStore)
            .bind(now.store + request.ahead).bind(most).all(rows.jobs.read)
        let byWall = try connection.statement(Self.dueByWall)
            .bind((now.wall + request.ahead).microseconds).bind(most).all(rows.jobs.read)
        var claimed: [Job] = []
        for stored in byStore + byWall where claimed.count < request.limit {
            guard
                let begins = ClaimRule.beginning(
                    of: stored.job, within: request.ahead, settings: ledger[stored.job.queue].settings,
                    offer: request.offer, at: now)
            else { continue }
            let lease = Lease(
                worker: request.worker, claimed: begins, started: nil,
                expires: try beginLeases(of: request.worker, for: request.lease))
            if case .changed(let job) = try apply(.claimed(lease), to: stored) { claimed.append(job) }
        }
        return claimed
    }

    /// Applies events, and then claims.
    func reportAndClaim(_ changes: [JobChange], for request: ClaimRequest) throws -> NextWork {
        let next = NextWork(answers: try apply(changes), jobs: try claim(request))
        // What it made ready it may have taken itself: then there is nothing to wake anybody for.
        if !ledger.hasReady { ledger.letSleep(.work) }
        return next
    }

    private func candidates(in queue: QueueName, _ kinds: Set<Kind>, upTo limit: Int) throws -> [JobRow] {
        guard limit > 0, ledger[queue].counts.ready > 0 else { return [] }
        let kinds = emptyLines.mayHaveWork(kinds, in: queue)
        if kinds.count == 1, let kind = kinds.first {
            let found = try ready(Self.readyOfKind, in: queue, kind, limit).all(rows.jobs.read)
            if found.isEmpty { emptyLines.note(kind, in: queue) }
            return found
        }
        var places: [(row: Int64, priority: Int64, sequence: Int64)] = []
        for kind in kinds {
            let found = try ready(Self.placesOfKind, in: queue, kind, limit).all {
                ($0.int64(0), $0.int64(1), $0.int64(2))
            }
            if found.isEmpty { emptyLines.note(kind, in: queue) }
            places += found
        }
        places.sort { $0.priority != $1.priority ? $0.priority > $1.priority : $0.sequence < $1.sequence }
        return try places.prefix(limit).compactMap { try rows.job(row: $0.row) }
    }

    private func ready(_ sql: SQL, in queue: QueueName, _ kind: Kind, _ limit: Int) throws -> PreparedStatement {
        try connection.statement(sql).bind(queue.text).bind(kind.text).bind(now.store).bind(limit)
    }

    /// Says that `worker` is alive; answers those of `holding` that it holds no more. What it holds by our account and
    /// does not name, a lease's time after the claim, was claimed by a call whose answer never reached it: it is lost.
    func renew(_ worker: WorkerID, lease: Duration, holding: [Hold]) throws -> [Hold] {
        try renewLeases(of: worker, by: lease)
        marks.add("renew")
        let named = Set(holding.map(\.id))
        let before = now.store + (.zero - lease)
        let old = try connection.statement(Self.heldSince).bind(worker.uuid).bind(before).all { JobID(try $0.uuid(0)) }
        for id in old where !named.contains(id) { _ = try apply(.ownerGone, to: id) }
        return try holding.filter { try !isHeld($0, by: worker) }
    }

    /// Makes a worker known, with a first lease.
    func register(_ worker: WorkerRecord, lease: Duration) throws {
        let since = try connection.statement(Self.sinceWhen).bind(worker.id.uuid).first { $0.time(0) }
        try connection.statement(Self.insertWorker)
            .bind(worker.id.uuid).bind(worker.name)
            .bind(NamesCodec.encode(worker.offer.kinds.sorted().map(\.text)))
            .bind(NamesCodec.encode(worker.offer.queues.map(\.text)))
            .bind(worker.slots).bind(worker.isLocal ? 1 : 0).bind(since ?? now.store).bind(now.store + lease).run()
        marks.add("register")
    }

    /// Forgets a worker; whatever it holds is lost to it at once.
    func retire(_ worker: WorkerID) throws {
        for id in try jobsHeld(by: worker) {
            _ = try apply(.ownerGone, to: id)
            CrashPoint.pass("retire.mid")
        }
        try connection.statement(Self.forgetWorker).bind(worker.uuid).run()
        try connection.statement(Self.forgetLease).bind(worker.uuid).run()
    }

    /// Ends what the previous owner of the file ran in its own slots: that process is gone, or the file were locked.
    func retireLocalWorkers() throws {
        for worker in try connection.statement(Self.localWorkers).all({ WorkerID(try $0.uuid(0)) }) {
            try retire(worker)
        }
    }

    /// When leases end that begin now: `lease` from now, but none earlier than the worker's own.
    func beginLeases(of worker: WorkerID, for lease: Duration) throws -> StoreTime {
        let (ends, renewed) = try leases(of: worker)
        let expires = max(now.store + lease, ends ?? now.store)
        // The row is what the sweep finds the worker's jobs by.
        if renewed == nil { try keep(expires, of: worker, insteadOf: nil) }
        if let renewed, renewed > expires { try keep(expires, of: worker, insteadOf: renewed) }
        return expires
    }

    /// Lets every lease of the worker end `lease` from now, but none earlier than it would have.
    private func renewLeases(of worker: WorkerID, by lease: Duration) throws {
        let (ends, renewed) = try leases(of: worker)
        let expires = max(now.store + lease, ends ?? now.store)
        if ends != nil { try connection.statement(Self.extendWorker).bind(expires).bind(worker.uuid).run() }
        try keep(expires, of: worker, insteadOf: renewed)
    }

    private func leases(of worker: WorkerID) throws -> (worker: StoreTime?, renewed: StoreTime?) {
        try connection.statement(Self.leasesOfWorker).bind(worker.uuid)
            .first { ($0.optionalTime(0), $0.optionalTime(1)) } ?? (nil, nil)
    }

    private func keep(_ expires: StoreTime, of worker: WorkerID, insteadOf renewed: StoreTime?) throws {
        claimed = ClaimedRows()
        // A shorter lease than the last one holds for new jobs only: those held already keep what they were given.
        if let renewed, renewed > expires {
            try connection.statement(Self.settleLeases).bind(renewed).bind(worker.uuid).run()
        }
        try connection.statement(Self.extendLease).bind(worker.uuid).bind(expires).run()
    }

    private func jobsHeld(by worker: WorkerID) throws -> [JobID] {
        try connection.statement(Self.heldBy).bind(worker.uuid).all { JobID(try $0.uuid(0)) }
    }

    private func isHeld(_ hold: Hold, by worker: WorkerID) throws -> Bool {
        try connection.statement(Self.holdOf).bind(hold.id.uuid).first { row in
            try row.optionalUUID(0) == worker.uuid && row.int64(1) == hold.fence
        } ?? false
    }
}
#endif
