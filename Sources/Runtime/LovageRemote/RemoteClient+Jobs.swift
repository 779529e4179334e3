#if Server
package import LovageAPI
package import LovageCore

extension RemoteClient {
    /// Submits one job; answers after the commit that holds it.
    package func submit(_ job: SubmitRequest) async throws -> SubmitView {
        try await call(.submit, body: job, waiting: job.whenFull == .wait ? job.roomWithin ?? .seconds(30) : .zero)
    }

    /// Submits up to 1,000 jobs in one commit; a refusal touches no other job.
    package func submit(_ jobs: [SubmitRequest]) async throws -> [SubmitView] {
        let answer: BulkView = try await call(.submitMany, body: BulkRequest(jobs))
        return answer.answers
    }

    /// One page of jobs, newest first; it may be shorter than `limit` and have a next one nevertheless. Long arguments and
    /// results are left out, except those in `including`.
    package func jobs(
        _ filter: JobsFilter = JobsFilter(), including: Set<JobsFilter.Part> = [], limit: Int? = nil,
        after: String? = nil
    ) async throws -> PageView<JobView> {
        let include = including.isEmpty ? nil : including.map(\.rawValue).sorted().joined(separator: ",")
        return try await call(
            .jobs, query: filter.query + [("include", include), ("limit", limit.map(String.init)), ("after", after)])
    }

    /// A job; fails with `unknown_job` when none has this id.
    package func job(_ id: JobID) async throws -> JobView { try await call(.job, [id.description]) }

    /// Waits until a job is finished, or `within` is over (nil for as long as it takes); the state says which.
    package func wait(for id: JobID, within: Duration? = nil) async throws -> JobView {
        try await longPoll(.waitForJob, id.description, within) { (job: JobView) in job.state == .finished }
    }

    /// The attempts of a job, oldest first.
    package func attempts(of id: JobID) async throws -> [AttemptView] {
        let answer: AttemptsView = try await call(.attempts, [id.description])
        return answer.attempts
    }

    /// Cancels a job; in effect when this returns. A finished job is left as it is.
    package func cancel(_ id: JobID, reason: String = "") async throws -> JobView {
        try await call(.cancelJob, [id.description], body: CancelRequest(reason: reason))
    }

    /// Runs a finished job again, as a new generation; `latest` with the newest version of its command.
    package func retry(_ id: JobID, latest: Bool = false) async throws -> JobView {
        try await call(.retryJob, [id.description], body: RetryRequest(latest: latest))
    }

    /// Why a job runs, waits or is over.
    package func explain(_ id: JobID) async throws -> ExplainView { try await call(.explainJob, [id.description]) }
}

/// Which jobs to list; conditions are joined by "and".
package struct JobsFilter: Sendable, Hashable {
    package var queue: QueueName?
    package var kind: Kind?
    package var state: JobState.Name?
    package var outcome: Outcome.Name?
    package var workflow: WorkflowID?
    /// The name of the status that handlers publish.
    package var status: String?
    /// Only those submitted at this moment or later.
    package var since: WallTime?

    /// The parts of jobs that may be long.
    package enum Part: String, Sendable { case arguments, result }

    /// All jobs.
    package init(
        queue: QueueName? = nil, kind: Kind? = nil, state: JobState.Name? = nil, outcome: Outcome.Name? = nil,
        workflow: WorkflowID? = nil, status: String? = nil, since: WallTime? = nil
    ) {
        self.queue = queue
        self.kind = kind
        self.state = state
        self.outcome = outcome
        self.workflow = workflow
        self.status = status
        self.since = since
    }

    var query: [(String, String?)] {
        [
            ("queue", queue?.text), ("kind", kind?.text), ("state", state?.rawValue), ("outcome", outcome?.rawValue),
            ("workflow", workflow?.description), ("status", status),
            ("since", since.map { RFC3339.exactText($0.microseconds) }),
        ]
    }
}
#endif
