import LovageCore
import LovageStore
import LovageWorker

extension World {
    // MARK: The attempts of a worker: handlers that take time and end in one way or another

    func told(_ change: JobChange, _ answer: ChangeAnswer) {
        if case .stale = answer, case .reported = change.event { seen.insert(.staleReport) }
    }

    func startWaiting(_ index: Int) {
        if workers[index].isDraining { return }
        var running = workers[index].held.values.count { $0.isRunning }
        for id in workers[index].order where running < plan.slots {
            guard let entry = workers[index].held[id], !entry.isRunning else { continue }
            workers[index].held[id]?.isRunning = true
            running += 1
            start(entry.job, worker: index)
        }
    }

    /// A job that was claimed ahead of its time keeps its slot until then.
    private func start(_ job: Job, worker index: Int) {
        guard case .running(let lease) = job.state, lease.claimed > moment.store else { return run(job, worker: index) }
        seen.insert(.claimedAhead)
        timeline.plan(
            .worker(index, life: workers[index].life, .reached(job.id, fence: job.fence)),
            at: now + (lease.claimed - moment.store).wholeMicroseconds)
    }

    func reached(_ id: JobID, _ fence: Int64, worker index: Int) {
        guard let job = workers[index].held[id]?.job, job.fence == fence else { return }
        run(job, worker: index)
    }

    private func run(_ job: Job, worker index: Int) {
        if case .running(let lease) = job.state, lease.started == nil {
            report([JobChange(job.id, .startConfirmed(fence: job.fence))], worker: index)
        }
        let duration = work.chance(0.05) ? work.pick(1...plan.leaseMicroseconds * 2) : work.pick(1_000...200_000)
        if work.chance(0.1) {
            let progress = Publication.progress(Job.Progress(done: 1, total: 2))
            report([JobChange(job.id, .published(fence: job.fence, progress))], worker: index)
        }
        if Jobs.isPoison(job), hasFaults {
            timeline.plan(.workerCrash(index), at: now + duration)
        } else {
            timeline.plan(
                .worker(index, life: workers[index].life, .ended(job.id, fence: job.fence)), at: now + duration)
        }
    }

    func handlerEnded(_ id: JobID, _ fence: Int64, worker index: Int) throws(Violation) {
        guard let entry = workers[index].held[id], entry.job.fence == fence else { return }
        try checkLease(index, id)
        remove(id, worker: index)
        let report = Jobs.end(of: entry.job, plan: plan, using: &work)
        if case .succeeded = report {
            let accepted = sink.accept(entry.job)
            if !accepted { seen.insert(.zombieEffect) }
        }
        let change = JobChange(id, .reported(fence: fence, report, entropy: work.next()))
        let hasMore = workers[index].held.values.contains { !$0.isRunning }
        if plan.claimsWithReports, !hasMore, !workers[index].isDraining {
            reportAndClaim([change], worker: index)
        } else {
            self.report([change], worker: index)
        }
        startWaiting(index)
    }

    /// Reports what ended, and asks for one job in its place.
    private func reportAndClaim(_ changes: [JobChange], worker index: Int) {
        let request = ClaimRequest(
            worker: workers[index].id, offer: offer(of: index), limit: 1, starting: plan.confirmsStarts ? 0 : 1,
            lease: .microseconds(plan.leaseMicroseconds), ahead: .microseconds(plan.aheadMicroseconds))
        let id = send(.reportAndClaim(changes, request), from: .worker(index))
        workers[index].reports[id] = changes
        workers[index].claimsWithReports[id] = now
        planTimeout(id, worker: index)
    }

    /// An answer that comes after its time counts for nothing: what it brought is not named, and is lost to the worker.
    func received(_ next: NextWork, id: Int, worker index: Int) throws(Violation) {
        guard let changes = workers[index].reports.removeValue(forKey: id),
            let asked = workers[index].claimsWithReports.removeValue(forKey: id)
        else {
            seen.insert(.lateReply)
            return
        }
        for (change, answer) in zip(changes, next.answers) { told(change, answer) }
        if !next.jobs.isEmpty { seen.insert(.claimedWithReport) }
        let replaced = hold(next.jobs, asked: asked, worker: index)
        if next.jobs.contains(where: { $0.membership != nil }) { seen.insert(.claimedStepWithReport) }
        let event = ClaimLoop.Event.released(changes.count, claimed: next.jobs.count)
        if workers[index].loop.held < changes.count {
            throw Violation(.slotsAreCounted, "worker \(index) frees \(changes.count) of \(workers[index].loop.held)")
        }
        try act(workers[index].loop.handle(event), worker: index)
        try settle(replaced: replaced, worker: index)
    }

    /// A worker that was not stopped itself has renewed the lease of what it runs, or has given it up.
    private func checkLease(_ index: Int, _ id: JobID) throws(Violation) {
        let worker = workers[index]
        let began = max(worker.lastRenewed, worker.held[id]?.asked ?? 0)
        guard worker.pausedUntil < began, now - began > plan.leaseMicroseconds else { return }
        throw Violation(.workerGivesUp, "\(id) went on \(now - began) µs after the last sign of life")
    }

    func report(_ changes: [JobChange], worker index: Int) {
        let id = send(.report(changes), from: .worker(index))
        workers[index].reports[id] = changes
        planTimeout(id, worker: index)
    }
}
