public import LovageCore
public import LovageStore
public import LovageWorkflow

// The seam, verb by verb: each is the model's.

extension MemoryStore: JobStore {
    /// Inserts jobs; answers in order.
    public func submit(_ submissions: [Submission]) async throws(StoreError) -> [SubmitAnswer] {
        try change { model, now throws(StoreError) in try model.submit(submissions, at: now) }
    }

    /// Takes up to `request.limit` ready jobs, best first.
    public func claim(_ request: ClaimRequest, waiting ticket: ClaimTicket?) async throws(StoreError) -> [Job] {
        guard let ticket else {
            return try change { model, now throws(StoreError) in try model.claim(request, at: now) }
        }
        let result: Result<[Job], StoreError> = await withCheckedContinuation { continuation in
            let claim = WaitingClaim(request, ticket, continuation)
            let claimed: Result<[Job]?, StoreError> = Result { () throws(StoreError) in
                try change { model, now throws(StoreError) in
                    let effect = try model.claim(request, at: now)
                    if !effect.answer.isEmpty {
                        return MemoryModel.Effect(answer: effect.answer, wakes: effect.wakes)
                    }
                    // Under the lock, so that no change after this one is missed.
                    claims.add(claim)
                    claim.putDown()
                    return MemoryModel.Effect(answer: nil, wakes: [])
                }
            }
            switch claimed {
            case .success(nil): break
            case .success(let jobs?): claim.answer(.success(jobs))
            case .failure(let error): claim.answer(.failure(error))
            }
        }
        return try result.get()
    }

    /// Applies events to jobs; answers in order.
    public func apply(_ changes: [JobChange]) async throws(StoreError) -> [ChangeAnswer] {
        staleWrites.noting(try change { model, now throws(StoreError) in try model.apply(changes, at: now) })
    }

    /// Applies events and takes ready jobs, in one step.
    public func reportAndClaim(_ changes: [JobChange], for request: ClaimRequest) async throws(StoreError) -> NextWork {
        let next = try change { model, now throws(StoreError) in
            try model.reportAndClaim(changes, for: request, at: now)
        }
        _ = staleWrites.noting(next.answers)
        return next
    }

    /// Says that `worker` is alive; answers those of `holding` that it holds no more.
    public func renew(_ worker: WorkerID, lease: Duration, holding: [Hold]) async throws(StoreError) -> [Hold] {
        staleWrites.noting(
            try change { model, now throws(StoreError) in
                try model.renew(worker, lease: lease, holding: holding, at: now)
            })
    }

    /// Makes suspended jobs ready whose time has come; claims that wait may take others ahead of theirs.
    public func promote(upTo limit: Int) async throws(StoreError) -> Promotion {
        try change(looksAhead: true) { model, now throws(StoreError) in try model.promote(upTo: limit, at: now) }
    }

    /// Ends leases, start windows and deadlines whose time is over; answers how many.
    public func sweep(upTo limit: Int) async throws(StoreError) -> Int {
        try change { model, now throws(StoreError) in try model.sweep(upTo: limit, at: now) }
    }

    /// Deletes finished jobs and runs that nothing asks to keep; answers the jobs.
    public func prune(upTo limit: Int) async throws(StoreError) -> [JobID] {
        try change { model, now throws(StoreError) in model.prune(upTo: limit, at: now) }
    }
}

extension MemoryStore: WorkflowStore {
    /// Stores definitions and files; answers in order the version that now stands.
    public func save(_ drafts: [DefinitionDraft], files: [StoredFile]) async throws(StoreError) -> [DefinitionVersion] {
        try change { model, _ throws(StoreError) in model.save(drafts, files: files) }
    }

    /// A version of a definition, the newest when `version` is nil; nil when there is none.
    public func definition(_ sort: Definition.Sort, named name: String, version: Int?) async throws(StoreError)
        -> StoredDefinition?
    {
        read { model, _ in model.definition(sort, named: name, version: version) }
    }

    /// The newest version of every definition, by sort and name.
    public func definitions() async throws(StoreError) -> [StoredDefinition] {
        read { model, _ in model.allDefinitions() }
    }

    /// The file with this hash; nil when there is none.
    public func file(hash: String) async throws(StoreError) -> StoredFile? {
        read { model, _ in model.file(hash: hash) }
    }

    /// Starts a run and inserts its first jobs.
    public func start(_ submission: WorkflowSubmission) async throws(StoreError) -> WorkflowAnswer {
        try change { model, now throws(StoreError) in try model.start(submission, at: now) }
    }

    /// Cancels a run and every job of it that is not over, those of its failure branches only without `cleanup`; nil when no
    /// run has this id.
    public func cancelWorkflow(_ id: WorkflowID, reason: String, cleanup: Bool) async throws(StoreError)
        -> WorkflowRun?
    {
        try change { model, now throws(StoreError) in
            try model.cancelWorkflow(id, reason: reason, cleanup: cleanup, at: now)
        }
    }

    /// A run; nil when none has this id.
    public func workflow(_ id: WorkflowID) async throws(StoreError) -> WorkflowRun? {
        read { model, _ in model.workflow(id) }
    }

    /// Runs, newest first.
    public func workflows(_ filter: WorkflowFilter, page: PageRequest) async throws(StoreError) -> Page<WorkflowRun> {
        read { model, _ in model.workflows(filter, page: page) }
    }

    /// The ids of runs in a range, newest first.
    public func runIDs(in range: ClosedRange<UUIDv7>, limit: Int) async throws(StoreError) -> [WorkflowID] {
        read { model, _ in model.runIDs(in: range, limit: limit) }
    }

    /// The jobs of one step in the order of their index.
    public func members(
        of id: WorkflowID, step: String, offset: Int, limit: Int, whole: JobContents
    ) async throws(StoreError) -> [ListedJob] {
        read { model, _ in
            model.members(of: id, step: step, offset: offset, limit: limit)
                .map { ListedJob(shortening: $0, except: whole) }
        }
    }

    /// The results of all members of one step, in the order of their index.
    public func results(of id: WorkflowID, step: String) async throws(StoreError) -> [JSONText?] {
        read { model, _ in model.results(of: id, step: step) }
    }
}

extension MemoryStore: StoreQueries {
    /// A job; nil when none has this id.
    public func job(_ id: JobID) async throws(StoreError) -> Job? { read { model, _ in model.job(id) } }

    /// Every attempt of a job, oldest first.
    public func attempts(of id: JobID) async throws(StoreError) -> [Attempt] {
        read { model, _ in model.attempts(of: id) }
    }

    /// Jobs, newest first; of their long parts only those in `whole`.
    public func listing(
        _ filter: JobFilter, page: PageRequest, whole: JobContents
    ) async throws(StoreError) -> Page<ListedJob> {
        read { model, _ in model.listing(filter, page: page, whole: whole) }
    }

    /// How many ready jobs of its queue are claimed before this one.
    public func ahead(of job: Job) async throws(StoreError) -> Int { read { model, _ in model.ahead(of: job) } }

    /// The ids of jobs in a range, newest first.
    public func jobIDs(in range: ClosedRange<UUIDv7>, limit: Int) async throws(StoreError) -> [JobID] {
        read { model, _ in model.jobIDs(in: range, limit: limit) }
    }

    /// Every queue that has settings or jobs, by name.
    public func queues() async throws(StoreError) -> [QueueOverview] { read { model, _ in model.queues() } }

    /// One queue's settings.
    public func settings(of queue: QueueName) async throws(StoreError) -> QueueSettings {
        read { model, _ in model.settings(of: queue) }
    }

    /// Every worker that is alive by its lease, oldest first.
    public func workers() async throws(StoreError) -> [WorkerOverview] {
        read { model, now in model.workers(at: now) }
    }

    /// Whether the store works and what it promises: nothing outlives the process.
    public func health() async -> StoreHealth {
        StoreHealth(
            engine: "memory", isWritable: true, problem: nil,
            lossWindow: "everything: this store lives in memory and ends with its process",
            staleWrites: staleWrites.count)
    }
}

extension MemoryStore: StoreControl {
    /// Replaces the settings of one queue.
    public func set(_ settings: QueueSettings, for queue: QueueName) async throws(StoreError) {
        try change { model, _ throws(StoreError) in model.set(settings, for: queue) }
    }

    /// Cancels waiting jobs of a queue, oldest first; answers how many.
    public func purge(_ queue: QueueName, upTo limit: Int) async throws(StoreError) -> Int {
        try change { model, now throws(StoreError) in try model.purge(queue, upTo: limit, at: now) }
    }

    /// Makes a worker known, with a first lease.
    public func register(_ worker: WorkerRecord, lease: Duration) async throws(StoreError) {
        try change { model, now throws(StoreError) in model.register(worker, lease: lease, at: now) }
    }

    /// Forgets a worker; whatever it still holds is lost to it at once.
    public func retire(_ worker: WorkerID) async throws(StoreError) {
        try change { model, now throws(StoreError) in try model.retire(worker, at: now) }
    }
}

extension MemoryStore: TokenStore {
    /// Keeps a token.
    public func insert(_ draft: TokenDraft) async throws(StoreError) -> TokenAnswer {
        try change { model, now throws(StoreError) in model.insert(draft, at: now) }
    }

    /// A token, revoked or not; nil when none has this id.
    public func token(_ id: TokenID) async throws(StoreError) -> TokenRecord? { read { model, _ in model.token(id) } }

    /// Every token that is kept, the oldest first.
    public func tokens() async throws(StoreError) -> [TokenRecord] { read { model, _ in model.allTokens() } }

    /// Lets nobody in by a token any more; answers it, nil when none has this id.
    public func revokeToken(_ id: TokenID) async throws(StoreError) -> TokenRecord? {
        try change { model, now throws(StoreError) in model.revokeToken(id, at: now) }
    }
}
