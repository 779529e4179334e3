#if SQLite
import LovageCore
import LovageStore

/// Reads of one connection, the writing one or a reading one, that several verbs need; and the small writes beside jobs.
final class StoreRows {
    let connection: SQLiteConnection
    let jobs = JobDecoder()

    init(_ connection: SQLiteConnection) { self.connection = connection }

    func job(_ id: JobID) throws -> JobRow? {
        try connection.statement(JobColumns.byID).bind(id.uuid).first(jobs.read)
    }

    func job(row: Int64) throws -> JobRow? {
        try connection.statement(JobColumns.byRow).bind(row).first(jobs.read)
    }

    // Attempts: a row for each that is over; the one that runs is the job's lease.

    private static let attemptsOfJob = SQL(
        """
        SELECT number, generation, fence, worker, claimed, started, ended, end_code, end_data FROM attempts \
        WHERE job = ? ORDER BY number
        """)
    private static let insertAttempt = SQL(
        """
        INSERT INTO attempts (job, number, generation, fence, worker, claimed, started, ended, end_code, end_data) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    private static let updateResult = SQL("UPDATE attempts SET end_data = ? WHERE job = ? AND number = ?")

    func attempts(of id: JobID) throws -> [Attempt] {
        guard let stored = try job(id) else { return [] }
        let job = stored.job
        var attempts = try connection.statement(Self.attemptsOfJob).bind(stored.row).all { row in
            let number = row.int(0)
            // The result of a job that stands is kept once, with the job.
            let data = number == job.attempts && job.outcome == .succeeded ? job.result : row.optionalJSON(8)
            return Attempt(
                number: number, generation: row.int(1), fence: row.int64(2), worker: WorkerID(try row.uuid(3)),
                claimed: row.time(4), started: row.optionalTime(5), ended: row.time(6),
                end: try EndCodec.decode(row.int64(7), data))
        }
        if case .running(let lease) = job.state {
            attempts.append(
                Attempt(
                    number: job.attempts, generation: job.generation, fence: job.fence, worker: lease.worker,
                    claimed: lease.claimed, started: lease.started))
        }
        return attempts
    }

    func insert(_ end: AttemptEnd, number: Int, of old: JobRow, started: StoreTime?, at moment: StoreTime) throws {
        guard case .running(let lease) = old.job.state else {
            throw StoreError(.bug, attempted: "end an attempt of job \(old.job.id)", cause: "the job does not run")
        }
        let (code, data) = EndCodec.encode(end)
        try connection.statement(Self.insertAttempt)
            .bind(old.row).bind(number).bind(old.job.generation).bind(old.job.fence).bind(lease.worker.uuid)
            .bind(lease.claimed).bind(started).bind(moment).bind(code).bind(data).run()
    }

    /// Moves a job's result to the attempt it came from, before a retry takes it from the job.
    func keepResult(of old: JobRow) throws {
        guard let result = old.job.result else { return }
        try connection.statement(Self.updateResult).bind(result).bind(old.row).bind(old.job.attempts).run()
    }

    // What is written once a commit.

    private static let selectStore = SQL("SELECT sequence, clock_offset, boot, last_store, last_wall FROM store")
    private static let writeStore = SQL(
        """
        INSERT OR REPLACE INTO store (one, sequence, clock_offset, boot, last_store, last_wall) VALUES (1, ?, ?, ?, ?, ?)
        """)
    private static let selectQueues = SQL(
        """
        SELECT name, is_set, is_paused, capacity, keep_for, keep_count, suspended, ready, blocked, running, finished \
        FROM queues ORDER BY name
        """)
    private static let writeQueue = SQL(
        """
        INSERT OR REPLACE INTO queues (name, is_set, is_paused, capacity, keep_for, keep_count, suspended, ready, blocked, \
        running, finished) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)

    func ledger() throws -> Ledger {
        var ledger = Ledger()
        ledger.sequence = try connection.statement(Self.selectStore).first { $0.int64(0) } ?? 0
        for (name, queue) in try queues() { ledger.load(name, queue) }
        return ledger
    }

    func clock() throws -> StoreClock.Kept? {
        try connection.statement(Self.selectStore).first {
            StoreClock.Kept(offset: $0.int64(1), boot: $0.text(2), lastStore: $0.int64(3), lastWall: $0.int64(4))
        }
    }

    func write(_ clock: StoreClock.Kept, sequence: Int64) throws {
        try connection.statement(Self.writeStore)
            .bind(sequence).bind(clock.offset).bind(clock.boot).bind(clock.lastStore).bind(clock.lastWall).run()
    }

    /// Every queue that has settings or ever had a job, by name.
    func queues() throws -> [(QueueName, Ledger.Queue)] {
        try connection.statement(Self.selectQueues).all { row in
            var queue = Ledger.Queue()
            queue.isSet = row.int(1) != 0
            queue.settings = QueueSettings(
                isPaused: row.int(2) != 0, capacity: row.optionalInt(3), keepFinishedFor: .microseconds(row.int64(4)),
                keepFinishedCount: row.optionalInt(5))
            queue.counts = Ledger.Counts(
                suspended: row.int(6), ready: row.int(7), blocked: row.int(8), running: row.int(9),
                finished: row.int(10))
            return (QueueName(trusted: row.text(0)), queue)
        }
    }

    func write(_ queue: Ledger.Queue, named name: QueueName) throws {
        let (settings, counts) = (queue.settings, queue.counts)
        try connection.statement(Self.writeQueue)
            .bind(name.text).bind(queue.isSet ? 1 : 0).bind(settings.isPaused ? 1 : 0).bind(settings.capacity)
            .bind(settings.keepFinishedFor.wholeMicroseconds).bind(settings.keepFinishedCount)
            .bind(counts.suspended).bind(counts.ready).bind(counts.blocked).bind(counts.running).bind(counts.finished)
            .run()
    }
}
#endif
