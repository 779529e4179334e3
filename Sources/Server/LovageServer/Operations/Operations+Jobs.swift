#if Server
import LovageAPI
import LovageCore
import LovageStore
import LovageWorkflow

extension Operations {
    /// `GET /jobs`
    func jobs(_ call: Call) async throws -> Reply {
        let query = call.query
        let filter = JobFilter(
            queue: try query.name("queue"), kind: try query.name("kind"), state: try query.word("state"),
            outcome: try query.word("outcome"), workflow: try await run(named: query), status: query.text("status"),
            first: try query.firstID(since: "since"))
        let page = try await store.listing(filter, page: try query.page(), whole: try query.contents())
        let now = store.now()
        var attempts: [JobID: [Attempt]] = [:]
        for item in page.items { attempts[item.job.id] = try await attemptsToAddUp(of: item.job) }
        return .object(PageView(page) { JobView($0, attempts[$0.job.id] ?? [], at: now) })
    }

    /// The run whose members are asked for; a part of its id will do.
    private func run(named query: QueryReader) async throws -> WorkflowID? {
        guard let text = query.text("workflow"), PartialID(text) != nil else { return try query.id("workflow") }
        return WorkflowID(try await IDFinder(store: store).completed(text, of: .workflow))
    }

    /// `GET /jobs/{id}`
    func job(_ call: Call) async throws -> Reply { try await view(try await known(try call.id(JobID.self))) }

    /// `GET /jobs/{id}/wait`
    func waitForJob(_ call: Call) async throws -> Reply {
        let id: JobID = try call.id()
        let store = store
        // A job that is unknown, or no longer kept, ends the wait as well: nothing is to come.
        try await wait(for: [.job(id)], try patience(of: call), call.caller) {
            try await store.job(id).map { $0.outcome != nil } ?? true
        }
        return try await view(try await known(id))
    }

    /// `GET /jobs/{id}/attempts`
    func attempts(_ call: Call) async throws -> Reply {
        let job = try await known(try call.id(JobID.self))
        let attempts = try await store.attempts(of: job.id)
        let now = store.now()
        return .object(AttemptsView(attempts.map { AttemptView($0, at: now) }))
    }

    /// `POST /jobs/{id}/cancel`
    func cancelJob(_ call: Call) async throws -> Reply {
        let request: CancelRequest = try call.request()
        let id: JobID = try call.id()
        switch try await store.apply([JobChange(id, .cancelled(.requested(request.reason)))]).first {
        case .changed(let job), .unchanged(let job): return try await view(job)
        case .stale, .unknown, nil: throw try await unknown(id)
        }
    }

    /// `GET /jobs/{id}/explain`
    func explainJob(_ call: Call) async throws -> Reply {
        .object(try await jobExplainer.explain(try await known(try call.id(JobID.self))))
    }

    /// The job, or the answer for an id that was never submitted: another one than for a job that waits.
    func known(_ id: JobID) async throws -> Job {
        guard let job = try await store.job(id) else { throw try await unknown(id) }
        return job
    }

    func view(_ job: Job) async throws -> Reply {
        .object(JobView(job, try await attemptsToAddUp(of: job), at: store.now()))
    }

    /// The attempts that its run time is the sum of; none where the job says it alone, which spares most jobs a query.
    private func attemptsToAddUp(of job: Job) async throws -> [Attempt] {
        job.hasRunWithoutPause ? [] : try await store.attempts(of: job.id)
    }

    /// What is said of an id that no job has; that of a run is told apart.
    func unknown(_ id: JobID) async throws -> ProblemView {
        if let run = try await store.workflow(WorkflowID(id.uuid)) {
            return ProblemView(
                .unknownJob, "\(id) is a run of \(run.definition.name) and no job", field: "id",
                hint: "see \(Route.base)/workflows/\(id)")
        }
        return ProblemView(
            .unknownJob, "no job has the id \(id)", field: "id",
            hint: "it was never submitted here, or its queue no longer keeps it")
    }
}
#endif
