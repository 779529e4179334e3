#if SQLite
import LovageCore
import LovageStore
import LovageWorkflow

extension WriteTransaction {
    /// How long a finished run is kept whose jobs are gone: as long as a queue keeps jobs when nobody says otherwise.
    private static let keepRunsFor = QueueSettings().keepFinishedFor

    private static let finishedOldest = SQL(
        """
        SELECT row, id, finished, (SELECT workflows.outcome IS NULL FROM workflows WHERE workflows.id = jobs.workflow) \
        FROM jobs WHERE queue = ? AND finished IS NOT NULL ORDER BY finished, id
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
        for queue in ledger.queues.keys.sorted() where ledger[queue].counts.finished > 0 {
            for (row, id) in try prunable(in: queue, upTo: limit - deleted.count) {
                try connection.statement(Self.deleteAttempts).bind(row).run()
                try connection.statement(Self.deleteJob).bind(row).run()
                ledger.count(.finished, in: queue, by: -1)
                deleted.append(id)
            }
        }
        try pruneRuns(upTo: limit - deleted.count)
        return deleted
    }

    /// Finished jobs of one queue that are too old or too many, the first to end first; none of an unfinished run.
    private func prunable(in queue: QueueName, upTo limit: Int) throws -> [(row: Int64, id: JobID)] {
        guard limit > 0 else { return [] }
        let settings = ledger[queue].settings
        let surplus = settings.keepFinishedCount.map { ledger[queue].counts.finished - max(0, $0) } ?? 0
        var found: [(row: Int64, id: JobID)] = []
        let statement = try connection.statement(Self.finishedOldest).bind(queue.text)
        defer { _ = statement.fresh() }
        var position = 0
        while found.count < limit, try statement.step() {
            guard position < surplus || statement.time(2) + settings.keepFinishedFor <= now.store else { break }
            position += 1
            if statement.optionalInt64(3) != 1 { found.append((statement.int64(0), JobID(try statement.uuid(1)))) }
        }
        return found
    }

    private func pruneRuns(upTo limit: Int) throws {
        guard limit > 0 else { return }
        let latest = now.store.microseconds - Self.keepRunsFor.wholeMicroseconds
        let found = try connection.statement(Self.runsOver).bind(latest).bind(limit).all {
            ($0.int64(0), WorkflowID(try $0.uuid(1)))
        }
        for (row, id) in found {
            try connection.statement(Self.deleteSteps).bind(row).run()
            try connection.statement(Self.deleteRun).bind(row).run()
            runs[id] = nil
        }
    }
}
#endif
