#if SQLite
import LovageCore
import LovageStore

extension WriteTransaction {
    private static let dueByStore = SQL("SELECT id FROM jobs WHERE due <= ? ORDER BY due, id LIMIT ?")
    private static let dueByWall = SQL("SELECT id FROM jobs WHERE due_wall <= ? ORDER BY due_wall, id LIMIT ?")
    private static let nextByStore = SQL("SELECT due FROM jobs WHERE due IS NOT NULL ORDER BY due LIMIT 1")
    private static let nextByWall = SQL(
        "SELECT due_wall FROM jobs WHERE due_wall IS NOT NULL ORDER BY due_wall LIMIT 1")

    /// Makes up to `limit` suspended jobs ready whose time has come: first those of the store's clock, then those of
    /// the wall clock, each by their time. Claims that wait may take others ahead of theirs.
    func promote(upTo limit: Int) throws -> Promotion {
        looksAhead = true
        let byStore = try ids(Self.dueByStore, until: now.store.microseconds, upTo: limit)
        let byWall = try ids(Self.dueByWall, until: now.wall.microseconds, upTo: limit - byStore.count)
        for id in byStore + byWall {
            _ = try apply(.becameDue, to: id)
            CrashPoint.pass("promote.mid")
        }
        return Promotion(
            promoted: byStore.count + byWall.count,
            nextStoreTime: try connection.statement(Self.nextByStore).first { $0.time(0) },
            nextWallTime: try connection.statement(Self.nextByWall).first { WallTime(microseconds: $0.int64(0)) })
    }

    // The loop goes over the few leases of workers that are late, not over the jobs of those that are not.
    private static let leasesOver = SQL(
        """
        SELECT jobs.id FROM leases CROSS JOIN jobs ON jobs.worker = leases.worker \
        WHERE leases.renewed <= ?1 AND jobs.lease_expires <= ?1 \
        ORDER BY max(jobs.lease_expires, leases.renewed), jobs.id LIMIT ?2
        """)
    private static let startWindowsOver = SQL("SELECT id FROM jobs WHERE start_by <= ? ORDER BY start_by, id LIMIT ?")
    private static let deadlinesOver = SQL("SELECT id FROM jobs WHERE deadline <= ? ORDER BY deadline, id LIMIT ?")
    private static let dropKeys = SQL(
        """
        DELETE FROM submission_keys WHERE (kind, key) IN \
        (SELECT kind, key FROM submission_keys WHERE expires <= ? ORDER BY expires LIMIT ?)
        """)
    private static let dropWorkers = SQL(
        "DELETE FROM workers WHERE lease_ends <= ? AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.worker = workers.id)")
    private static let dropLeases = SQL(
        "DELETE FROM leases WHERE renewed <= ? AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.worker = leases.worker)")

    /// Ends up to `limit` leases, start windows and deadlines whose time was over at `moment`, in this order; answers how
    /// many. Drops idempotency keys past their window and workers that are gone, as many again.
    func sweep(upTo limit: Int, asOf moment: StoreTime) throws -> Int {
        let time = moment.microseconds
        var ended = 0
        for (sql, event) in [
            (Self.leasesOver, JobEvent.leaseExpired), (Self.startWindowsOver, .startWindowPassed),
            (Self.deadlinesOver, .deadlinePassed),
        ] {
            for id in try ids(sql, until: time, upTo: limit - ended) {
                if case .changed = try apply(event, to: id) { ended += 1 }
                CrashPoint.pass("sweep.mid")
            }
        }
        try connection.statement(Self.dropKeys).bind(time).bind(max(0, limit)).run()
        try connection.statement(Self.dropWorkers).bind(time).run()
        try connection.statement(Self.dropLeases).bind(time).run()
        return ended
    }

    private static let waitingOldest = SQL(
        "SELECT id FROM jobs WHERE queue = ? AND state < 3 AND id > ? ORDER BY id LIMIT ?")

    /// Cancels up to `limit` waiting jobs of a queue, oldest first; answers how many.
    ///
    /// What a cancel makes unreachable in a workflow ends too, and is not counted.
    func purge(_ queue: QueueName, upTo limit: Int) throws -> Int {
        var purged = 0
        var last = UUIDv7(high: 0, low: 0)
        while purged < limit {
            let found = try connection.statement(Self.waitingOldest)
                .bind(queue.text).bind(last).bind(limit - purged).all { JobID(try $0.uuid(0)) }
            guard let end = found.last else { break }
            for id in found {
                guard let stored = try rows.job(id), stored.job.isWaiting else { continue }
                if case .changed = try apply(.cancelled(.purged), to: stored) { purged += 1 }
                CrashPoint.pass("purge.mid")
            }
            last = end.uuid
        }
        return purged
    }

    /// Replaces the settings of one queue.
    func set(_ settings: QueueSettings, for queue: QueueName) {
        let old = ledger[queue].settings
        ledger.set(settings, for: queue)
        if old.isPaused, !settings.isPaused { ledger.wake(.work) }
        if old.capacity != settings.capacity { ledger.wake(.queue(queue)) }
    }

    private func ids(_ sql: SQL, until time: Int64, upTo limit: Int) throws -> [JobID] {
        guard limit > 0 else { return [] }
        return try connection.statement(sql).bind(time).bind(limit).all { JobID(try $0.uuid(0)) }
    }
}
#endif
