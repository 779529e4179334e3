import Logging
import LovageClient
import LovageCore
import LovageStore

extension WorkerRun {
    func claim(limit: Int, starting: Int, queues: [QueueName], kinds: Set<Kind>, _ ticket: ClaimTicket) async {
        let request = ClaimRequest(
            worker: worker.id, offer: ClaimRule.Offer(kinds: kinds, queues: queues), limit: limit, starting: starting,
            lease: worker.configuration.lease)
        do {
            try await registerAgain(ifNotOffering: kinds)
            let asked = worker.timekeeper.elapsed()
            let jobs = try await withTaskCancellationHandler {
                try await worker.source.claim(request, waiting: ticket)
            } onCancel: {
                ticket.withdraw()
            }
            lastRenewed.set(asked)
            // Nobody takes signals of a cancelled run any more.
            if Task.isCancelled {
                for job in jobs { handBack(job) }
            } else {
                signal.yield(.claimed(jobs, starting: starting))
            }
        } catch {
            worker.events(.sourceFailed("claim", error))
            signal.yield(.claimFailed)
        }
    }

    /// Runs an attempt in a child task, on handler threads, and then the jobs that the same slot can go on with.
    func start(_ job: Job, in group: inout DiscardingTaskGroup) {
        let handler = worker.handlers.handler(of: job.kind) ?? MissingHandler()
        let executor = handler.isBlocking ? SlotExecutor(blocking: job.kind) : SlotExecutor(kind: job.kind, on: threads)
        attempts.add(job)
        group.addTask(executorPreference: executor) {
            await fillSlot(beginningWith: job, handler)
            executor.stop()
            signal.yield(.slotEnded)
        }
        if job.isLimited {
            group.addTask {
                let isRunning = withUnsafeCurrentTask { attempts.watch(job, TaskHandle($0)) }
                if isRunning { await watchLimits(of: job, handler.stopGrace) }
                attempts.unwatch(job)
            }
        }
    }

    /// One attempt after the other. An attempt that was stopped has cancelled this task, so that the slot ends with it.
    private func fillSlot(beginningWith first: Job, _ handler: any Handler) async {
        var job = first
        var turn = worker.timekeeper.elapsed()
        while true {
            let start = worker.timekeeper.elapsed()
            await attempt(job, handler)
            let end = worker.timekeeper.elapsed()
            guard !Task.isCancelled, let next = waiting.next(after: job, end - start) else { return }
            job = next
            attempts.add(job)
            confirmStart(of: job)
            // A slot that goes on for long without waiting for anything lets others have its thread now and then.
            if end - turn > ReadAhead.span {
                await Task.yield()
                turn = end
            }
        }
    }

    private func attempt(_ job: Job, _ handler: any Handler) async {
        withUnsafeCurrentTask { attempts.enter(job, TaskHandle($0)) }
        worker.events(.attemptStarted(job))
        let report = await handler.run(job, context(of: job))
        let end = final(report, of: job)
        if attempts.remove(job) { self.report(end, of: job) } else { signal.yield(.released(1)) }
    }

    /// Says that a job read ahead has its slot now.
    func confirmStart(of job: Job) {
        reporter.add(JobChange(job.id, .startConfirmed(fence: job.fence)), ends: false)
    }

    private func context(of job: Job) -> JobContext {
        JobContext(
            job: job, logger: worker.logger, client: worker.client,
            control: Control(id: job.id, fence: job.fence, run: self))
    }

    /// What the handler's report counts as: a handler that failed because it was made to stop has not failed by itself.
    private func final(_ report: AttemptReport, of job: Job) -> AttemptReport {
        guard case .failed = report else { return report }
        if let limit = attempts.limitPassed(job.id, job.fence) { return .timedOut(limit) }
        return Task.isCancelled ? .handedBack : report
    }

    /// Gives back a job that no handler has seen.
    func handBack(_ job: Job) { report(.handedBack, of: job) }

    /// Reports an end; `freesPlace` unless the handler still runs and keeps its place in the worker.
    func report(_ report: AttemptReport, of job: Job, freesPlace: Bool = true) {
        let change = JobChange(job.id, .reported(fence: job.fence, report, entropy: worker.entropy()))
        reporter.add(change, ends: freesPlace)
    }

    // MARK: Limits

    /// At the soft limit the handler is asked to stop; at the hard limit the attempt is over whatever the handler does.
    private func watchLimits(of job: Job, _ grace: Duration) async {
        if let soft = job.options.softLimit, soft < (hardLimit(of: job) ?? .seconds(Int64.max / 2)) {
            guard await pause(soft) else { return }
            let limit = Failure(kind: "timeout", message: "ran longer than its soft limit of \(soft)")
            guard attempts.pass(limit, job.id, job.fence), let hard = hardLimit(of: job) else { return }
            guard await pause(hard - soft) else { return }
            await end(job, after: hard, grace)
        } else if let hard = hardLimit(of: job) {
            guard await pause(hard) else { return }
            await end(job, after: hard, grace)
        }
    }

    /// The hard limit, or the time left until the job's deadline when that is shorter.
    private func hardLimit(of job: Job) -> Duration? {
        guard case .running(let lease) = job.state else { return job.options.hardLimit }
        let left = job.deadline.map { $0 - lease.claimed }
        return [job.options.hardLimit, left].compactMap { $0 }.min()
    }

    private func end(_ job: Job, after hard: Duration, _ grace: Duration) async {
        let limit = Failure(kind: "timeout", message: "ran longer than its hard limit of \(hard)")
        guard attempts.pass(limit, job.id, job.fence) else { return }
        // A handler that listens to cancellation gets a moment to say how it ended.
        guard await pause(grace), let kind = attempts.abandon(job.id, job.fence) else { return }
        report(.timedOut(limit), of: job, freesPlace: false)
        worker.events(.slotLost(job.id, kind))
    }
}

/// Stands in for a handler that went away between the claim and the start: the job goes back at no cost.
private struct MissingHandler: Handler {
    func run(_ job: Job, _ context: JobContext) async -> AttemptReport { .handedBack }
}

/// How one attempt's handler reaches the worker.
private struct Control: AttemptControl {
    let id: JobID
    let fence: Int64
    let run: WorkerRun

    var limitPassed: Failure? { run.attempts.limitPassed(id, fence) }

    func publish(_ publication: Publication) async throws {
        let answers = try await run.worker.source.report([JobChange(id, .published(fence: fence, publication))])
        switch answers.first {
        case .changed, .unchanged: return
        case .stale, .unknown, nil: throw StaleAttempt(id: id)
        }
    }
}
