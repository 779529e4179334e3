#if SQLite
import LovageCore
import LovageStore
import LovageWorkflow

extension WriteTransaction {
    /// How long a finished run is kept whose jobs are gone: as long as a queue keeps jobs when nobody says otherwise.
    private static let keepRunsFor = QueueSettings().keepFinishedFor

    private static let finishedOldest = SQL(
        """
        SELECT jobs.row, jobs.id, jobs.finished, workflows.row, workflows.outcome IS NOT NULL, workflows.finished \
        FROM jobs LEFT JOIN workflows ON workflows.id = jobs.workflow \
        WHERE jobs.queue = ? AND jobs.finished IS NOT NULL ORDER BY jobs.finished, jobs.id
        """)
    private static let runIfEmpty = SQL(
        """
        SELECT id FROM workflows WHERE row = ? \
        AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.workflow = workflows.id)
        """)
    private static let deleteAttempts = SQL("DELETE FROM attempts WHERE job = ?")
    private static let deleteJob = SQL("DELETE FROM jobs WHERE row = ?")
    private static let runsOver = SQL(
        """
        SELECT row, id FROM workflows WHERE finished <= ? AND outcome IS NOT NULL \
        AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.workflow = workflows.id) ORDER BY id LIMIT ?
        """)
    private static let deleteSteps = SQL("DELETE FROM steps WHERE workflow = ?")
    private static let deleteRun = SQL("DELETE FROM workflows WHERE row = ?")

    /// Deletes up to `limit` finished jobs and runs that nothing asks to keep; answers the jobs.
    func prune(upTo limit: Int) throws -> [JobID] {
        var deleted: [JobID] = []
        var touched: Set<Int64> = []
        for queue in ledger.queues.keys.sorted() where ledger[queue].counts.finished > 0 {
            for job in try prunable(in: queue, upTo: limit - deleted.count) {
                try connection.statement(Self.deleteAttempts).bind(job.row).run()
                try connection.statement(Self.deleteJob).bind(job.row).run()
                ledger.count(.finished, in: queue, by: -1)
                deleted.append(job.id)
                if let run = job.run { touched.insert(run) }
            }
        }
        // A run goes with the last of its jobs: without them there is nothing to see in it.
        for row in touched {
            let id = try connection.statement(Self.runIfEmpty).bind(row).first { WorkflowID(try $0.uuid(0)) }
            if let id { try deleteRun(row, id) }
        }
        try pruneRuns(upTo: limit - deleted.count)
        return deleted
    }

    /// A job that goes, and the row of its run.
    private struct Prunable {
        let row: Int64
        let id: JobID
        let run: Int64?
    }

    /// Finished jobs of one queue that are too old or too many, the first to end first; none of an unfinished run, and none
    /// that is too old but by the end of its run.
    private func prunable(in queue: QueueName, upTo limit: Int) throws -> [Prunable] {
        guard limit > 0 else { return [] }
        let settings = ledger[queue].settings
        let surplus = settings.keepFinishedCount.map { ledger[queue].counts.finished - max(0, $0) } ?? 0
        var found: [Prunable] = []
        let statement = try connection.statement(Self.finishedOldest).bind(queue.text)
        defer { _ = statement.fresh() }
        var position = 0
        while found.count < limit, try statement.step() {
            guard position < surplus || statement.time(2) + settings.keepFinishedFor <= now.store else { break }
            position += 1
            let run = statement.optionalInt64(3)
            if run != nil {
                // A member's time begins with the end of its run.
                guard statement.int64(4) == 1, let over = statement.optionalTime(5),
                    position <= surplus || over + settings.keepFinishedFor <= now.store
                else { continue }
            }
            found.append(Prunable(row: statement.int64(0), id: JobID(try statement.uuid(1)), run: run))
        }
        return found
    }

    private func pruneRuns(upTo limit: Int) throws {
        guard limit > 0 else { return }
        let latest = now.store.microseconds - Self.keepRunsFor.wholeMicroseconds
        let found = try connection.statement(Self.runsOver).bind(latest).bind(limit).all {
            ($0.int64(0), WorkflowID(try $0.uuid(1)))
        }
        for (row, id) in found { try deleteRun(row, id) }
    }

    private func deleteRun(_ row: Int64, _ id: WorkflowID) throws {
        try connection.statement(Self.deleteSteps).bind(row).run()
        try connection.statement(Self.deleteRun).bind(row).run()
        runs[id] = nil
    }
}
#endif
