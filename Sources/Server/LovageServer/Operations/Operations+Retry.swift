#if Server
import LovageAPI
import LovageCore
import LovageStore
import LovageWorkflow

extension Operations {
    /// `POST /jobs/{id}/retry`
    func retryJob(_ call: Call) async throws -> Reply {
        let request: RetryRequest = try call.request()
        let job = try await known(try call.id(JobID.self))
        guard job.outcome != nil else { throw Self.notRetryable(job) }
        var newest = NewestVersions(store)
        let version = request.latest ? try await newest.version(for: job) : nil
        switch try await store.apply([JobChange(job.id, .retried(held: false, version: version))]).first {
        case .changed(let job): return try await view(job)
        case .unchanged(let job): throw Self.notRetryable(job)
        case .stale, .unknown, nil: throw try await unknown(job.id)
        }
    }

    /// `POST /workflows/{id}/retry`
    ///
    /// All of it in one transaction: each step after what it needs, so that what is brought back by those before it is not
    /// asked for twice.
    func retryWorkflow(_ call: Call) async throws -> Reply {
        let request: RetryRequest = try call.request()
        let run = try await known(try call.id(WorkflowID.self))
        guard let definition = try await definition(of: run) else { throw Self.nothingToRetry(run) }
        var newest = NewestVersions(store)
        var before: [Job] = []
        var changes: [JobChange] = []
        for step in WorkflowMachine(definition, commands: [:]).stepsToRetry(in: run) {
            try await eachSlice(of: run.id, step) { jobs in
                for job in jobs where job.isAskedAgain(forLatest: request.latest) {
                    let version = request.latest ? try await newest.version(for: job) : nil
                    before.append(job)
                    changes.append(JobChange(job.id, .retried(held: false, version: version)))
                }
            }
        }
        let retried = zip(before, try await store.apply(changes)).compactMap { $0.retried(to: $1) }
        if retried.isEmpty { throw Self.nothingToRetry(run) }
        return .object(
            RunRetryView(RunView(try await known(run.id), at: store.now()), retried: Self.bySteps(retried)))
    }

    private static func bySteps(_ jobs: [Job]) -> [RetriedStepView] {
        var order: [String] = []
        var steps: [String: [Job]] = [:]
        for job in jobs {
            guard let step = job.membership?.step else { continue }
            if steps[step] == nil { order.append(step) }
            steps[step, default: []].append(job)
        }
        return order.map { RetriedStepView($0, steps[$0] ?? []) }
    }

    /// Why a job that is not over cannot be tried again by hand.
    private static func unfinished(_ job: Job) -> String {
        switch job.state {
        case .running: "runs now, its attempt \(job.attempts): only a finished job can be retried"
        case .suspended(.retry(let due)):
            "has an attempt to come, which starts by itself at \(RFC3339.text(due.microseconds))"
        case .ready, .blocked, .suspended:
            "is \(job.state.name.rawValue): it has yet to run, and only a finished job can be retried"
        case .finished: "is finished"
        }
    }

    private static func notRetryable(_ job: Job) -> ProblemView {
        guard let outcome = job.outcome else {
            return ProblemView(
                .notRetryable, "job \(job.id) \(unfinished(job))",
                hint: "cancel it first to begin anew")
        }
        guard outcome.isRetryableByItself else {
            return ProblemView(
                .notRetryable, "job \(job.id) was never reached: \(outcome.reason ?? outcome.name.rawValue)",
                hint: "retry the step that it needed"
                    + (job.membership.map { ", or every step that failed: lovage workflow retry \($0.workflow)" } ?? "")
            )
        }
        return ProblemView(
            .notRetryable, "another unfinished job with the same unique arguments stands for job \(job.id)",
            hint: "wait for that one, or cancel it")
    }

    private static func nothingToRetry(_ run: WorkflowRun) -> ProblemView {
        let state = run.outcome?.rawValue ?? "running"
        let bare = run.steps.filter { $0.members == 0 && ($0.outcome == .failed || $0.outcome == .cancelled) }
        guard run.outcome != .succeeded, let step = bare.first else {
            return ProblemView(
                .notRetryable, "run \(run.id) is \(state), and none of its jobs failed or was cancelled",
                hint: run.outcome == nil
                    ? "wait for its end" : "start a new one: lovage workflow run \(run.definition.name)")
        }
        return ProblemView(
            .notRetryable, "run \(run.id) has no job to retry: step \(step.name) ended before it had any",
            hint: "retry the step that it needs, or start a new one: lovage workflow run \(run.definition.name)")
    }
}

extension Job {
    /// True for what a retry of its run asks for again: it failed or was called off. For the newest versions also what
    /// still waits for its needs, or could not be reached and is brought back.
    fileprivate func isAskedAgain(forLatest: Bool) -> Bool {
        switch state {
        case .finished(.failed), .finished(.expired), .finished(.cancelled(.requested)),
            .finished(.cancelled(.workflow)):
            true
        case .finished(.cancelled(.unreachable)), .suspended(.needs): forLatest
        case .finished(.succeeded), .finished(.skipped), .suspended, .ready, .blocked, .running: false
        }
    }
}

extension Job {
    /// The job as a retry left it; nil when the retry did not begin a generation, or only brought back what waits.
    fileprivate func retried(to answer: ChangeAnswer) -> Job? {
        guard let outcome, outcome.isRetryableByItself else { return nil }
        switch answer {
        case .changed(let job), .unchanged(let job): return job.generation > generation ? job : nil
        case .stale, .unknown: return nil
        }
    }
}
#endif
