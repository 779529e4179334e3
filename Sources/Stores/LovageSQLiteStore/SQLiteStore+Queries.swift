#if SQLite
public import LovageCore
public import LovageStore
public import LovageWorkflow

extension SQLiteStore: StoreQueries {
    /// A job; nil when none has this id.
    public func job(_ id: JobID) async throws(StoreError) -> Job? {
        try await reader.readRow("read a job") { try $0.job(id)?.job }
    }

    /// Every attempt of a job, oldest first.
    public func attempts(of id: JobID) async throws(StoreError) -> [Attempt] {
        try await reader.read("read the attempts of a job") { try $0.attempts(of: id) }
    }

    /// Jobs, newest first; of their long parts only those in `whole`, the others are not read from the file.
    public func listing(
        _ filter: JobFilter, page: PageRequest, whole: JobContents
    ) async throws(StoreError) -> Page<ListedJob> {
        try await reader.read("list jobs") { try $0.listing(filter, page, whole) }
    }

    /// How many ready jobs of its queue are claimed before this one.
    public func ahead(of job: Job) async throws(StoreError) -> Int {
        try await reader.read("count the jobs before one") { try $0.ahead(of: job) }
    }

    /// The ids of jobs in a range, newest first.
    public func jobIDs(in range: ClosedRange<UUIDv7>, limit: Int) async throws(StoreError) -> [JobID] {
        try await reader.read("find jobs by their ids") { try $0.jobIDs(in: range, limit: limit) }
    }

    /// Every queue that has settings or jobs, by name.
    public func queues() async throws(StoreError) -> [QueueOverview] {
        try await reader.read("list queues") { try $0.overviews() }
    }

    /// One queue's settings; the defaults for a queue nobody has set.
    public func settings(of queue: QueueName) async throws(StoreError) -> QueueSettings {
        try await reader.readRow("read the settings of a queue") { try $0.settings(of: queue) }
    }

    /// Every worker that is alive by its lease, oldest first.
    public func workers() async throws(StoreError) -> [WorkerOverview] {
        let now = now()
        return try await reader.read("list workers") { try $0.workers(at: now) }
    }
}

extension SQLiteStore: WorkflowStore {
    /// Stores definitions and files, all or none; answers in order the version that now stands.
    public func save(_ drafts: [DefinitionDraft], files: [StoredFile]) async throws(StoreError) -> [DefinitionVersion] {
        try await writes.write("save definitions") { transaction in
            transaction.marks.add("define")
            for file in files { try transaction.rows.save(file) }
            return try drafts.map { try transaction.rows.save($0) }
        }
    }

    /// A version of a definition, the newest when `version` is nil; nil when there is none.
    public func definition(_ sort: Definition.Sort, named name: String, version: Int?) async throws(StoreError)
        -> StoredDefinition?
    {
        try await reader.readRow("read a definition") { try $0.definition(sort, named: name, version: version) }
    }

    /// The newest version of every definition, by sort and name.
    public func definitions() async throws(StoreError) -> [StoredDefinition] {
        try await reader.read("list definitions") { try $0.definitions() }
    }

    /// The file with this hash; nil when there is none.
    public func file(hash: String) async throws(StoreError) -> StoredFile? {
        try await reader.readRow("read a file") { try $0.file(hash: hash) }
    }

    /// Starts a run and inserts its first jobs.
    public func start(_ submission: WorkflowSubmission) async throws(StoreError) -> WorkflowAnswer {
        try await writes.write("start a workflow") { try $0.start(submission) }
    }

    /// Cancels a run and every job of it that is not over, those of its failure branches only without `cleanup`; nil when no
    /// run has this id.
    public func cancelWorkflow(_ id: WorkflowID, reason: String, cleanup: Bool) async throws(StoreError)
        -> WorkflowRun?
    {
        try await writes.write("cancel a workflow") { try $0.cancelWorkflow(id, reason: reason, cleanup: cleanup) }
    }

    /// A run; nil when none has this id.
    public func workflow(_ id: WorkflowID) async throws(StoreError) -> WorkflowRun? {
        try await reader.read("read a workflow") { try $0.run(id)?.run }
    }

    /// Runs, newest first.
    public func workflows(_ filter: WorkflowFilter, page: PageRequest) async throws(StoreError) -> Page<WorkflowRun> {
        try await reader.read("list workflows") { try $0.runs(filter, page) }
    }

    /// The ids of runs in a range, newest first.
    public func runIDs(in range: ClosedRange<UUIDv7>, limit: Int) async throws(StoreError) -> [WorkflowID] {
        try await reader.read("find workflows by their ids") { try $0.runIDs(in: range, limit: limit) }
    }

    /// The jobs of one step in the order of their index.
    public func members(
        of id: WorkflowID, step: String, offset: Int, limit: Int, whole: JobContents
    ) async throws(StoreError) -> [ListedJob] {
        try await reader.read("read the jobs of a step") {
            try $0.members(of: id, step: step, offset: offset, limit: limit, whole)
        }
    }

    /// The results of all members of one step, in the order of their index.
    public func results(of id: WorkflowID, step: String) async throws(StoreError) -> [JSONText?] {
        try await reader.read("read the results of a step") { try $0.results(of: id, step: step) }
    }
}
#endif
