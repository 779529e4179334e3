#if SQLite
import LovageCore
import LovageStore

/// A job and the row it is stored in.
struct JobRow {
    let row: Int64
    let job: Job
}

/// The columns a job is read from and written to. The order here is the order of `read` and `bind`.
enum JobColumns {
    static let list = """
        row, id, kind, queue, priority, arguments, options, definition, submitted, submitted_wall, workflow, step, \
        step_index, state, detail, detail_text, due, due_wall, fence, generation, attempts, sequence, failed, crashed, \
        unstarted, worker, claimed, lease_started, lease_expires, started, finished, result, failure, progress_done, \
        progress_total, status_name, status_data, stand_in, \
        CASE WHEN worker IS NOT NULL THEN (SELECT renewed FROM leases WHERE leases.worker = jobs.worker) END
        """

    /// The columns of a listing: `list` with `null` for the long parts that are not in `whole`, and behind it whether the
    /// arguments and the result were left out. SQLite answers `length` from the head of a row, and does not read the part.
    static func list(except whole: JobContents) -> String {
        func isLong(_ column: String, _ part: JobContents) -> String {
            whole.contains(part) ? "0" : "coalesce(length(\(column)) > \(JobContents.short), 0)"
        }
        let arguments = isLong("arguments", .arguments)
        let result = isLong("result", .result)
        return list.replacing(
            " arguments,", with: " CASE WHEN \(arguments) THEN CAST('null' AS BLOB) ELSE arguments END,"
        )
        .replacing(" result,", with: " CASE WHEN \(result) THEN NULL ELSE result END,")
            + ", \(arguments), \(result)"
    }

    /// Where the two columns behind `list` begin.
    static let leftOut: Int32 = 39

    static let byID = SQL("SELECT \(list) FROM jobs WHERE id = ?")
    static let byRow = SQL("SELECT \(list) FROM jobs WHERE row = ?")

    static let insert = SQL(
        """
        INSERT INTO jobs (id, kind, queue, priority, arguments, options, definition, submitted, submitted_wall, workflow, \
        step, step_index, member, unique_hash, generation, state, detail, detail_text, due, due_wall, fence, attempts, \
        sequence, failed, crashed, unstarted, start_by, deadline, worker, claimed, lease_started, lease_expires, started) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
        ON CONFLICT (id) DO NOTHING
        """)

    static let update = SQL(
        """
        UPDATE jobs SET state = ?, detail = ?, detail_text = ?, due = ?, due_wall = ?, fence = ?, attempts = ?, \
        sequence = ?, failed = ?, crashed = ?, unstarted = ?, start_by = ?, deadline = ?, generation = ?, worker = ?, \
        claimed = ?, lease_started = ?, lease_expires = ?, started = ?, finished = ?, result = ?, failure = ?, \
        progress_done = ?, progress_total = ?, status_name = ?, status_data = ?, stand_in = ? \
        WHERE row = ? AND state = ? AND fence = ?
        """)

    /// The end of an attempt that ends its job: what only a waiting job has is NULL already.
    static let updateToFinished = SQL(
        """
        UPDATE jobs SET state = 4, detail = ?, detail_text = ?, fence = ?, failed = ?, crashed = ?, unstarted = ?, \
        deadline = NULL, worker = NULL, claimed = NULL, lease_started = NULL, lease_expires = NULL, started = ?, \
        finished = ?, result = ?, failure = ?, progress_done = ?, progress_total = ?, status_name = ?, status_data = ? \
        WHERE row = ? AND state = 3 AND fence = ?
        """)

    static let updateArguments = SQL("UPDATE jobs SET arguments = ?, unique_hash = ? WHERE row = ?")
    static let updateDefinition = SQL("UPDATE jobs SET definition = ?, options = ? WHERE row = ?")

    /// A claim touches what a claim changes: no more columns, and the indexes of waiting and running jobs only.
    static let updateToRunning = SQL(
        """
        UPDATE jobs SET state = 3, fence = ?, attempts = ?, worker = ?, claimed = ?, lease_started = ?, \
        lease_expires = ?, started = ?, start_by = NULL, progress_done = NULL, progress_total = NULL, \
        status_name = NULL, status_data = NULL WHERE row = ? AND state = 1 AND fence = ?
        """)
}

/// Reads jobs. Holds the options seen last, because most jobs of a kind have the same and they are JSON in the file.
final class JobDecoder {
    private var known: [OptionsKey: JobOptions] = [:]
    /// What was read last: jobs in a row mostly have the same options.
    private var last: (key: OptionsKey, options: JobOptions)?
    private static let mostKnown = 1_000

    private struct OptionsKey: Hashable {
        let queue: String
        let priority: Int64
        let json: [UInt8]?
    }

    /// The job in the row `row` stands on, whose columns are `JobColumns.list`.
    func read(_ row: PreparedStatement) throws -> JobRow {
        let options = try options(OptionsKey(queue: row.text(3), priority: row.int64(4), json: row.optionalBytes(6)))
        var job = Job(
            id: JobID(try row.uuid(1)), kind: Kind(trusted: row.text(2)), arguments: row.json(5), options: options,
            definition: row.optionalInt(7),
            submitted: Moment(store: row.time(8), wall: WallTime(microseconds: row.int64(9))),
            membership: try membership(row))
        job.state = try JobState(row, from: 13) {
            let own = row.int64(28)
            return Lease(
                worker: WorkerID(try row.uuid(25)), claimed: row.time(26), started: row.optionalTime(27),
                expires: StoreTime(microseconds: max(own, row.optionalInt64(38) ?? own)))
        }
        job.fence = row.int64(18)
        job.generation = row.int(19)
        job.attempts = row.int(20)
        job.sequence = row.int64(21)
        job.used.failed = row.int(22)
        job.used.crashed = row.int(23)
        job.used.unstarted = row.int(24)
        job.started = row.optionalTime(29)
        job.finished = row.optionalTime(30)
        job.result = row.optionalJSON(31)
        job.failure = try row.optionalJSON(32).map(FailureCodec.decode)
        if let done = row.optionalInt64(33) { job.progress = Job.Progress(done: done, total: row.int64(34)) }
        if let name = row.optionalText(35) { job.status = Job.Status(name: name, data: row.optionalJSON(36)) }
        job.standIn = try row.optionalUUID(37).map(JobID.init)
        return JobRow(row: row.int64(0), job: job)
    }

    private func membership(_ row: PreparedStatement) throws -> Job.Membership? {
        guard let workflow = try row.optionalUUID(10) else { return nil }
        return Job.Membership(workflow: WorkflowID(workflow), step: row.text(11), index: row.optionalInt(12))
    }

    private func options(_ key: OptionsKey) throws -> JobOptions {
        if let last, last.key == key { return last.options }
        let options = try optionsByContents(key)
        last = (key, options)
        return options
    }

    private func optionsByContents(_ key: OptionsKey) throws -> JobOptions {
        if let options = known[key] { return options }
        var options = try key.json.map { try OptionsCodec.decode(JSONText(trusted: $0)) } ?? JobOptions()
        options.queue = QueueName(trusted: key.queue)
        options.priority = Int8(truncatingIfNeeded: key.priority)
        if known.count >= Self.mostKnown { known = [:] }
        known[key] = options
        return options
    }
}

extension PreparedStatement {
    /// Binds the columns that every change of a job may change, in the order both statements begin with.
    @discardableResult
    func bindLife(of job: Job) -> PreparedStatement {
        let state = StateColumns(job.state)
        return bind(state.state).bind(state.detail).bind(state.text).bind(state.due).bind(state.dueWall)
            .bind(job.fence).bind(job.attempts).bind(job.sequence)
            .bind(job.used.failed).bind(job.used.crashed).bind(job.used.unstarted)
            .bind(job.isWaiting ? job.startBy : nil).bind(job.outcome == nil ? job.deadline : nil)
    }

    /// Binds what only a job has that was claimed or is over.
    @discardableResult
    func bindPast(of job: Job) -> PreparedStatement {
        bind(job.generation).bindLease(of: job).bindAccount(of: job).bind(job.standIn?.uuid)
    }

    /// Binds what only a job has that runs.
    @discardableResult
    func bindLease(of job: Job) -> PreparedStatement {
        var lease: Lease?
        if case .running(let held) = job.state { lease = held }
        return bind(lease?.worker.uuid).bind(lease?.claimed).bind(lease?.started).bind(lease?.expires)
    }

    /// Binds what attempts have left: when they began and ended, and what they said.
    @discardableResult
    func bindAccount(of job: Job) -> PreparedStatement {
        bind(job.started).bind(job.finished).bind(job.result).bind(job.failure.map(FailureCodec.encode))
            .bind(job.progress?.done).bind(job.progress?.total).bind(job.status?.name).bind(job.status?.data)
    }
}

extension Job {
    /// True for a job that is not over and does not run: what a bound on its queue counts.
    var isWaiting: Bool {
        switch state {
        case .suspended, .ready, .blocked: true
        case .running, .finished: false
        }
    }

    /// True when only a clock moves it on.
    var waitsForTime: Bool {
        switch state {
        case .suspended(.until), .suspended(.at), .suspended(.retry): true
        case .suspended(.needs), .suspended(.signal), .suspended(.merged), .ready, .blocked, .running, .finished: false
        }
    }
}
#endif
