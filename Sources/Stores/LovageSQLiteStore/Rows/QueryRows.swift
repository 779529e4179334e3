#if SQLite
import LovageCore
import LovageStore

extension StoreRows {
    /// Jobs, newest first; of their long parts only those in `whole`.
    ///
    /// The conditions name the partial indexes' own terms, so that a page of waiting, running or unsuccessful jobs does
    /// not walk through history.
    func listing(_ filter: JobFilter, _ page: PageRequest, _ whole: JobContents) throws -> Page<ListedJob> {
        var conditions: [String] = []
        if filter.queue != nil { conditions.append("queue = ?") }
        if filter.kind != nil { conditions.append("kind = ?") }
        if let state = filter.state { conditions.append(Self.condition(on: state)) }
        if let outcome = filter.outcome { conditions.append(Self.condition(on: outcome)) }
        if filter.workflow != nil { conditions.append("workflow = ?") }
        if filter.status != nil { conditions.append("status_name = ?") }
        if filter.first != nil { conditions.append("id >= ?") }
        if page.after != nil { conditions.append("id < ?") }
        let clause = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let statement = try connection.statement(
            built: "SELECT \(JobColumns.list(except: whole)) FROM jobs \(clause) ORDER BY id DESC LIMIT ?")
        if let queue = filter.queue { statement.bind(queue.text) }
        if let kind = filter.kind { statement.bind(kind.text) }
        if let workflow = filter.workflow { statement.bind(workflow.uuid) }
        if let status = filter.status { statement.bind(status) }
        if let first = filter.first { statement.bind(first) }
        if let after = page.after { statement.bind(after) }
        var builder = PageBuilder<ListedJob>(page)
        try statement.bind(page.limit + 1).each { row in
            let job = try listed(row)
            return builder.add(job, size: job.size)
        }
        return builder.page(\.job.id.uuid)
    }

    private static let countAhead = SQL(
        """
        SELECT count(*) FROM jobs \
        WHERE state = 1 AND queue = ? AND (priority > ? OR (priority = ? AND sequence < ?))
        """)

    /// How many ready jobs of its queue are claimed before this one: `ClaimRule.goesFirst`, from the index alone.
    func ahead(of job: Job) throws -> Int {
        let priority = Int(job.options.priority)
        return try connection.statement(Self.countAhead)
            .bind(job.queue.text).bind(priority).bind(priority).bind(job.sequence).first { $0.int(0) } ?? 0
    }

    private static let idsOfJobs = SQL("SELECT id FROM jobs WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT ?")
    private static let idsOfRuns = SQL("SELECT id FROM workflows WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT ?")

    /// The ids of jobs in a range, newest first.
    func jobIDs(in range: ClosedRange<UUIDv7>, limit: Int) throws -> [JobID] {
        try connection.statement(Self.idsOfJobs).bind(range.lowerBound).bind(range.upperBound).bind(max(0, limit))
            .all { JobID(try $0.uuid(0)) }
    }

    /// The ids of runs in a range, newest first.
    func runIDs(in range: ClosedRange<UUIDv7>, limit: Int) throws -> [WorkflowID] {
        try connection.statement(Self.idsOfRuns).bind(range.lowerBound).bind(range.upperBound).bind(max(0, limit))
            .all { WorkflowID(try $0.uuid(0)) }
    }

    private static func condition(on state: JobState.Name) -> String {
        switch state {
        case .suspended: "state = 0 AND state < 3"
        case .ready: "state = 1 AND state < 3"
        case .blocked: "state = 2 AND state < 3"
        case .running: "state = 3 AND worker IS NOT NULL"
        case .finished: "state = 4 AND finished IS NOT NULL"
        }
    }

    private static func condition(on outcome: Outcome.Name) -> String {
        let details = StateCode.details(of: outcome)
        let range = "finished IS NOT NULL AND detail BETWEEN \(details.lowerBound) AND \(details.upperBound)"
        return details.lowerBound > 0 ? "detail > 0 AND " + range : range
    }

    private static let oldestReady = SQL("SELECT min(submitted) FROM jobs WHERE state = 1 AND queue = ?")

    /// Every queue that has settings or jobs, by name.
    func overviews() throws -> [QueueOverview] {
        try queues().filter { $0.1.isSet || $0.1.counts.waiting + $0.1.counts.running + $0.1.counts.finished > 0 }
            .map { name, queue in
                let counts = queue.counts
                let oldest = try connection.statement(Self.oldestReady).bind(name.text).first { $0.optionalTime(0) }
                return QueueOverview(
                    name: name, settings: queue.settings, ready: counts.ready, suspended: counts.suspended,
                    blocked: counts.blocked, running: counts.running, oldestReady: oldest ?? nil)
            }
    }

    private static let selectSettings = SQL(
        "SELECT is_paused, capacity, keep_for, keep_count FROM queues WHERE name = ?")

    /// One queue's settings; the defaults for a queue nobody has set.
    func settings(of queue: QueueName) throws -> QueueSettings {
        try connection.statement(Self.selectSettings).bind(queue.text).first { row in
            QueueSettings(
                isPaused: row.int(0) != 0, capacity: row.optionalInt(1), keepFinishedFor: .microseconds(row.int64(2)),
                keepFinishedCount: row.optionalInt(3))
        } ?? QueueSettings()
    }

    private static let liveWorkers = SQL(
        """
        SELECT id, name, kinds, queues, slots, is_local, since, lease_ends, \
        (SELECT count(*) FROM jobs WHERE jobs.worker = workers.id) \
        FROM workers WHERE lease_ends > ? ORDER BY since, id
        """)

    /// Every worker whose lease holds at `now`, oldest first.
    func workers(at now: Moment) throws -> [WorkerOverview] {
        try connection.statement(Self.liveWorkers).bind(now.store).all { row in
            let kinds = try NamesCodec.decode(row.json(2)).map(Kind.init(trusted:))
            let queues = try NamesCodec.decode(row.json(3)).map(QueueName.init(trusted:))
            return WorkerOverview(
                record: WorkerRecord(
                    id: WorkerID(try row.uuid(0)), name: row.text(1),
                    offer: ClaimRule.Offer(kinds: Set(kinds), queues: queues), slots: row.int(4),
                    isLocal: row.int(5) != 0),
                since: row.time(6), leaseEnds: row.time(7), running: row.int(8))
        }
    }

    private static let resultsOfStep = SQL(
        "SELECT result FROM jobs WHERE workflow = ? AND step = ? ORDER BY member")

    /// The jobs of one step in the order of their index; of their long parts only those in `whole`.
    func members(
        of id: WorkflowID, step: String, offset: Int, limit: Int, _ whole: JobContents
    ) throws -> [ListedJob] {
        let columns = JobColumns.list(except: whole)
        return try connection.statement(
            built: "SELECT \(columns) FROM jobs WHERE workflow = ? AND step = ? ORDER BY member LIMIT ? OFFSET ?"
        )
        .bind(id.uuid).bind(step).bind(max(0, limit)).bind(max(0, offset)).all(listed)
    }

    /// The job in the row, whose columns are those of a listing.
    private func listed(_ row: PreparedStatement) throws -> ListedJob {
        var leftOut: JobContents = []
        if row.int(JobColumns.leftOut) != 0 { leftOut.insert(.arguments) }
        if row.int(JobColumns.leftOut + 1) != 0 { leftOut.insert(.result) }
        return ListedJob(try jobs.read(row).job, leftOut: leftOut)
    }

    /// The results of all members of one step, in the order of their index.
    func results(of id: WorkflowID, step: String) throws -> [JSONText?] {
        try connection.statement(Self.resultsOfStep).bind(id.uuid).bind(step).all { $0.optionalJSON(0) }
    }
}
#endif
