import Logging
import LovageClient
import LovageCore
import LovageStore

extension WorkerRun {
    /// Claims in a child task. Where a slot is free it is one on the handler threads, so that the first job begins where the
    /// answer comes, without another hand-over between threads.
    func startClaim(_ claim: Claim, in group: inout DiscardingTaskGroup) {
        let executor = SlotExecutor(on: threads)
        group.addTask(executorPreference: claim.starting > 0 ? executor : nil) {
            do {
                let jobs = try await jobs(of: claim)
                await accept(jobs, starting: claim.starting, on: executor)
            } catch {
                worker.events(.sourceFailed("claim", error))
                signal.yield(.claimFailed)
            }
        }
    }

    private func jobs(of claim: Claim) async throws -> [Job] {
        try await registerAgain(ifNotOffering: claim.kinds)
        let asked = worker.timekeeper.elapsed()
        let jobs = try await withTaskCancellationHandler {
            try await worker.source.claim(request(claim), waiting: claim.ticket)
        } onCancel: {
            claim.ticket.withdraw()
        }
        hold(jobs, asked: asked)
        return jobs
    }

    private func request(_ claim: Claim) -> ClaimRequest {
        ClaimRequest(
            worker: worker.id, offer: ClaimRule.Offer(kinds: claim.kinds, queues: claim.queues), limit: claim.limit,
            starting: claim.starting, lease: worker.configuration.lease, ahead: worker.configuration.claimAhead)
    }

    /// Takes over what a call brought that was made at `asked`.
    private func hold(_ jobs: [Job], asked: Duration) {
        if jobs.isEmpty { return }
        held.add(jobs, asked: asked)
        CrashPoint.pass("worker.after_claim")
    }

    /// Takes what a claim brought: its first job begins here, if an ordinary thread may run it; the pump gets the others.
    private func accept(_ jobs: [Job], starting: Int, on executor: SlotExecutor) async {
        // Nobody takes signals of a cancelled run any more.
        if Task.isCancelled { return jobs.forEach(handBack) }
        guard starting > 0, let first = jobs.first, !first.isLimited, !worker.condition.isResting,
            let handler = worker.handlers.handler(of: first.kind),
            !handler.isBlocking
        else {
            signal.yield(.claimed(jobs, starting: starting, begun: false))
            return
        }
        signal.yield(.claimed(Array(jobs.dropFirst()), starting: starting - 1, begun: true))
        executor.take(first.kind)
        await fillSlot(of: executor, beginningWith: first, handler)
        signal.yield(.slotEnded)
    }

    /// Runs an attempt in a child task, on handler threads, and then the jobs that the same slot can go on with.
    func start(_ job: Job, in group: inout DiscardingTaskGroup) {
        let handler = worker.handlers.handler(of: job.kind) ?? MissingHandler()
        let executor = handler.isBlocking ? SlotExecutor(ofItsOwn: "lovage.blocking") : SlotExecutor(on: threads)
        executor.take(job.kind)
        group.addTask(executorPreference: executor) {
            await fillSlot(of: executor, beginningWith: job, handler)
            executor.stop()
            signal.yield(.slotEnded)
        }
        if job.isLimited {
            group.addTask {
                let isRunning = withUnsafeCurrentTask { held.watch(job, TaskHandle($0)) }
                if isRunning { await watchLimits(of: job, handler) }
                held.unwatch(job)
            }
        }
    }

    /// One attempt after the other. An attempt that was stopped has cancelled this task, so that the slot ends with it.
    private func fillSlot(of executor: SlotExecutor, beginningWith first: Job, _ handler: any Handler) async {
        var job = first
        var turn = worker.timekeeper.elapsed()
        while true {
            let isTime = await reachTime(of: job)
            let start = worker.timekeeper.elapsed()
            if isTime { await attempt(job, handler) } else { handBack(job) }
            let end = worker.timekeeper.elapsed()
            guard let next = await next(after: job, end - start, on: executor) else { return }
            job = next
            // A slot that goes on for long without waiting for anything lets others have its thread now and then.
            if end - turn > ReadAhead.span {
                await Task.yield()
                turn = end
            }
        }
    }

    /// Has the end of `job` sent, and takes the job that the same slot goes on with. A slot that has nothing to go on with
    /// sends what there is itself, and asks for more in the same call.
    private func next(after job: Job, _ duration: Duration, on executor: SlotExecutor) async -> Job? {
        if Task.isCancelled || worker.condition.isResting {
            reporter.wakeUp()
            return nil
        }
        // Its start is told next, and what ended with it.
        if let next = waiting.next(after: job, duration) { return next }
        await executor.report { await reporter.sendNow(with: sender, reportAndClaim) }
        return Task.isCancelled ? nil : waiting.next(like: job)
    }

    /// Reports, and takes jobs for the places that become free, in one call: the end of a step and the start of the next
    /// one share a commit, and the thread that sends is the one that goes on. What came waits for a slot like anything else.
    private func reportAndClaim(_ changes: [JobChange], freed: Int) async throws -> ([ChangeAnswer], claimed: Int) {
        let room = worker.condition.allowance == .all ? waiting.room(slots: worker.configuration.slots) : 0
        let limit = min(freed, room)
        guard limit > 0 else { return (try await worker.source.report(changes), 0) }
        let claim = Claim(limit: limit, starting: 1, queues: drawQueues(), kinds: worker.handlers.kinds)
        try await registerAgain(ifNotOffering: claim.kinds)
        let asked = worker.timekeeper.elapsed()
        let next = try await worker.source.reportAndClaim(changes, for: request(claim))
        hold(next.jobs, asked: asked)
        for job in next.jobs where !waiting.append(job) { handBack(job) }
        return (next.answers, next.jobs.count)
    }

    /// Waits for the time of a job that was claimed ahead of it; false when this task was cancelled before.
    private func reachTime(of job: Job) async -> Bool {
        while let left = timeLeft(until: job) {
            guard await pause(left) else { return false }
        }
        return true
    }

    /// How long it is until the time of a job that was claimed ahead of it; nil when that has come.
    private func timeLeft(until job: Job) -> Duration? {
        guard case .running(let lease) = job.state, lease.started == nil else { return nil }
        let left = lease.claimed - worker.source.now()
        return left > .zero ? left : nil
    }

    private func attempt(_ job: Job, _ handler: any Handler) async {
        guard await begin(job, handler) else { return }
        if !job.isKnownToHaveStarted { reporter.add(startOf: job) }
        worker.events(.attemptStarted(job))
        CrashPoint.pass("worker.before_run")
        let report = await handler.run(job, context(of: job))
        CrashPoint.pass("worker.after_run")
        let end = final(report, of: job)
        if held.end(job) { record(end, of: job, freesPlace: true) } else { signal.yield(.released(1, claimed: 0)) }
    }

    /// Begins the attempt once no processes stand in its way; false when it was lost or handed back instead.
    private func begin(_ job: Job, _ handler: any Handler) async -> Bool {
        var isFirst = true
        while true {
            let beginning = withUnsafeCurrentTask {
                held.begin(job, TaskHandle($0), runsProcesses: handler.runsProcesses)
            }
            switch beginning {
            case .begun: return true
            case .lost:
                // While it waited for this slot.
                signal.yield(.released(1, claimed: 0))
                return false
            case .waits(let turn):
                if isFirst { worker.events(.attemptWaits(job)) }
                isFirst = false
                for await _ in turn {}
                if Task.isCancelled {
                    handBack(job)
                    return false
                }
            }
        }
    }

    private func context(of job: Job) -> JobContext {
        JobContext(
            job: job, logger: worker.logger, client: worker.client,
            control: Control(hold: job.hold, run: self))
    }

    /// What the handler's report counts as: a handler that failed because it was made to stop has not failed by itself.
    private func final(_ report: AttemptReport, of job: Job) -> AttemptReport {
        guard case .failed = report else { return report }
        if let limit = held.limitPassed(job.hold) { return .timedOut(limit) }
        return Task.isCancelled ? .handedBack : report
    }

    /// Gives back a job that no handler has seen.
    func handBack(_ job: Job) {
        if held.end(job) { report(.handedBack, of: job) } else { signal.yield(.released(1, claimed: 0)) }
    }

    /// Reports an end; `freesPlace` unless the handler still runs and keeps its place in the worker.
    func report(_ report: AttemptReport, of job: Job, freesPlace: Bool = true) {
        record(report, of: job, freesPlace: freesPlace)
        reporter.wakeUp()
    }

    /// Leaves an end with the reporter, for whoever sends next.
    private func record(_ report: AttemptReport, of job: Job, freesPlace: Bool) {
        let event = JobEvent.reported(fence: job.fence, report, entropy: worker.entropy())
        reporter.add(endOf: job, event, freesPlace: freesPlace)
    }

    // MARK: Limits

    /// At the soft limit the handler is asked to stop; at the hard limit the attempt is over whatever the handler does. One
    /// that runs processes tells them itself when their time has come, and is only left when it does not end them.
    private func watchLimits(of job: Job, _ handler: any Handler) async {
        guard await reachTime(of: job), await reachTurn(of: job, handler) else { return }
        let limits = AttemptLimits(of: job, beginning: worker.source.now())
        if let soft = limits.soft, !handler.runsProcesses {
            guard await pause(soft), held.pass(limits.softFailure, job.hold) else { return }
            guard let hard = limits.hard, await pause(hard - soft) else { return }
        } else {
            guard let hard = limits.hard, await pause(hard) else { return }
        }
        if !handler.runsProcesses, !held.pass(limits.hardFailure, job.hold) { return }
        // A handler that listens to cancellation gets a moment to say how it ended.
        guard await pause(await handler.stopGrace(of: job)), let kind = held.abandon(job.hold) else { return }
        report(.timedOut(limits.hardFailure), of: job, freesPlace: false)
        worker.events(.slotLost(job.id, kind))
    }

    /// Waits until no processes stand in the way of an attempt; false when this task was cancelled before.
    private func reachTurn(of job: Job, _ handler: any Handler) async -> Bool {
        while handler.runsProcesses, let turn = held.turn(of: job) {
            for await _ in turn {}
            if Task.isCancelled { return false }
        }
        return true
    }
}

/// Stands in for a handler that went away between the claim and the start: the job goes back at no cost.
private struct MissingHandler: Handler {
    func run(_ job: Job, _ context: JobContext) async -> AttemptReport { .handedBack }
}

/// How one attempt's handler reaches the worker.
private struct Control: AttemptControl {
    let hold: Hold
    let run: WorkerRun

    var limitPassed: Failure? { run.held.limitPassed(hold) }

    func publish(_ publication: Publication) async throws {
        let answers = try await run.worker.source.report([
            JobChange(hold.id, .published(fence: hold.fence, publication))
        ])
        switch answers.first {
        case .changed, .unchanged: return
        case .stale, .unknown, nil: throw StaleAttempt(id: hold.id)
        }
    }
}
