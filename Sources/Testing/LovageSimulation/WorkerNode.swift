import LovageCore
import LovageStore
import LovageWorker

/// A worker: the production claim loop, its heartbeat and its rule for giving up, around handlers that take time.
struct WorkerNode {
    let index: Int
    let slots: Int
    var id = WorkerID(UUIDv7(high: 0, low: 0))
    /// Which life of the process this is; what was planned for an earlier one does not happen.
    var life = 0
    var isUp = false
    var pausedUntil: Int64 = 0
    var loop: ClaimLoop
    var claim: (id: Int, sent: Int64)?
    var register: Int?
    /// Attempts whose handlers run, or that wait for a slot.
    var held: [JobID: (job: Job, isRunning: Bool)] = [:]
    var order: [JobID] = []
    /// Changes that wait for an answer, by request.
    var reports: [Int: [JobChange]] = [:]
    var renewal: (id: Int, sent: Int64)?
    var lastRenewed: Int64 = 0

    init(index: Int, slots: Int) {
        self.index = index
        self.slots = slots
        loop = ClaimLoop(slots: slots)
    }
}

extension World {
    private static let timeout: Int64 = 300_000

    func take(_ step: WorkerStep, worker index: Int, life: Int) throws(Violation) {
        guard workers[index].life == life else { return }
        if now < workers[index].pausedUntil {
            timeline.plan(.worker(index, life: life, step), at: workers[index].pausedUntil + 1)
            return
        }
        switch step {
        case .begin: begin(worker: index)
        case .heartbeat: heartbeat(index)
        case .leaseCheck: try giveUpIfSilent(index)
        case .ended(let id, let fence): try handlerEnded(id, fence, worker: index)
        case .retryClaim: act(workers[index].loop.handle(.woken), worker: index)
        case .resume: break
        case .timeout(let request): timedOut(request, worker: index)
        }
    }

    private func begin(worker index: Int) {
        workers[index].id = WorkerID(UUIDv7(at: moment.wall, using: &ids))
        workers[index].isUp = true
        workers[index].lastRenewed = now
        workers[index].loop = ClaimLoop(slots: plan.slots)
        let record = WorkerRecord(
            id: workers[index].id, name: "w\(index)", offer: offer, slots: plan.slots, isLocal: false)
        let request = send(.register(record, lease), from: .worker(index))
        workers[index].register = request
        planTimeout(request, worker: index)
        timeline.plan(.worker(index, life: workers[index].life, .heartbeat), at: now + plan.leaseMicroseconds / 3)
        timeline.plan(.worker(index, life: workers[index].life, .leaseCheck), at: now + patience)
    }

    /// How long a worker goes on without an answer.
    private var patience: Int64 { plan.leaseMicroseconds * 5 / 6 }
    private var lease: Duration { .microseconds(plan.leaseMicroseconds) }
    private var offer: ClaimRule.Offer { ClaimRule.Offer(kinds: [Jobs.kind, Jobs.step], queues: Self.queues) }

    private func planTimeout(_ request: Int, worker index: Int) {
        timeline.plan(.worker(index, life: workers[index].life, .timeout(request: request)), at: now + Self.timeout)
    }

    func wake(_ index: Int) {
        guard workers[index].isUp, workers[index].register == nil else { return }
        if now < workers[index].pausedUntil {
            timeline.plan(.wake(worker: index), at: workers[index].pausedUntil + 1)
            return
        }
        act(workers[index].loop.handle(.woken), worker: index)
        if !workers[index].held.isEmpty { renew(index) }
    }

    private func act(_ action: ClaimLoop.Action, worker index: Int) {
        switch action {
        case .claim(let limit, let starting):
            let request = ClaimRequest(
                worker: workers[index].id, offer: offer, limit: limit,
                starting: plan.confirmsStarts ? 0 : starting, lease: lease)
            let id = send(.claim(request), from: .worker(index))
            workers[index].claim = (id, now)
            planTimeout(id, worker: index)
        case .wait(let wait):
            timeline.plan(.worker(index, life: workers[index].life, .retryClaim), at: now + wait.wholeMicroseconds)
        case .rest, .finish: break
        }
    }

    private func timedOut(_ request: Int, worker index: Int) {
        if workers[index].claim?.id == request {
            workers[index].claim = nil
            act(workers[index].loop.handle(.claimFailed), worker: index)
        } else if workers[index].register == request {
            workers[index].register = nil
            workers[index].life += 1
            begin(worker: index)
        } else if let changes = workers[index].reports.removeValue(forKey: request) {
            report(changes, worker: index)
        } else if workers[index].renewal?.id == request {
            workers[index].renewal = nil
        }
    }

    func received(_ reply: Reply, id: Int, worker index: Int) throws(Violation) {
        guard workers[index].isUp else { return }
        if now < workers[index].pausedUntil {
            timeline.plan(.reply(to: .worker(index), id: id, reply), at: workers[index].pausedUntil + 1)
            return
        }
        switch reply {
        case .claimed(let jobs):
            guard workers[index].claim?.id == id || mutant == .takesAnyClaimReply else {
                seen.insert(.lateReply)
                return
            }
            workers[index].lastRenewed = max(workers[index].lastRenewed, workers[index].claim?.sent ?? 0)
            workers[index].claim = nil
            for job in jobs where workers[index].held[job.id] == nil || mutant == .takesAnyClaimReply {
                workers[index].held[job.id] = (job, false)
                workers[index].order.append(job.id)
            }
            act(workers[index].loop.handle(.claimed(jobs.count)), worker: index)
            startWaiting(index)
        case .reported(let answers):
            guard let changes = workers[index].reports.removeValue(forKey: id) else { return }
            for (change, answer) in zip(changes, answers) { told(change, answer) }
            let ended = changes.count { if case .reported = $0.event { true } else { false } }
            if ended > 0 { try release(ended, worker: index) }
        case .renewed(let lost):
            guard let renewal = workers[index].renewal, renewal.id == id else { return }
            workers[index].renewal = nil
            workers[index].lastRenewed = max(workers[index].lastRenewed, renewal.sent)
            for hold in lost { try drop(hold, worker: index) }
        case .done where workers[index].register == id:
            workers[index].register = nil
            act(workers[index].loop.handle(.woken), worker: index)
        case .submitted, .started, .done: break
        }
    }

    private func told(_ change: JobChange, _ answer: ChangeAnswer) {
        if case .stale = answer, case .reported = change.event { seen.insert(.staleReport) }
    }

    private func startWaiting(_ index: Int) {
        var running = workers[index].held.values.count { $0.isRunning }
        for id in workers[index].order where running < plan.slots {
            guard let entry = workers[index].held[id], !entry.isRunning else { continue }
            workers[index].held[id]?.isRunning = true
            running += 1
            start(entry.job, worker: index)
        }
    }

    private func start(_ job: Job, worker index: Int) {
        if plan.confirmsStarts { report([JobChange(job.id, .startConfirmed(fence: job.fence))], worker: index) }
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

    private func handlerEnded(_ id: JobID, _ fence: Int64, worker index: Int) throws(Violation) {
        guard let entry = workers[index].held[id], entry.job.fence == fence else { return }
        try checkLease(index, id)
        remove(id, worker: index)
        let report = Jobs.end(of: entry.job, plan: plan, using: &work)
        if case .succeeded = report {
            let accepted = sink.accept(entry.job)
            if !accepted { seen.insert(.zombieEffect) }
        }
        self.report([JobChange(id, .reported(fence: fence, report, entropy: work.next()))], worker: index)
        startWaiting(index)
    }

    /// A worker that was not stopped itself has renewed the lease of what it runs, or has given it up.
    private func checkLease(_ index: Int, _ id: JobID) throws(Violation) {
        let worker = workers[index]
        guard worker.pausedUntil < worker.lastRenewed, now - worker.lastRenewed > plan.leaseMicroseconds else { return }
        throw Violation(.workerGivesUp, "\(id) went on \(now - worker.lastRenewed) µs after the last sign of life")
    }

    private func report(_ changes: [JobChange], worker index: Int) {
        let id = send(.report(changes), from: .worker(index))
        workers[index].reports[id] = changes
        planTimeout(id, worker: index)
    }

    private func heartbeat(_ index: Int) {
        timeline.plan(.worker(index, life: workers[index].life, .heartbeat), at: now + plan.leaseMicroseconds / 3)
        renew(index)
    }

    /// Stops everything when the lease may end before another sign of life gets through, judged by its own clock. Looked
    /// at when that is due, not with the heartbeat, which may come a third of a lease later.
    private func giveUpIfSilent(_ index: Int) throws(Violation) {
        if now - workers[index].lastRenewed >= patience, mutant != .neverGivesUp {
            for hold in holds(index) {
                try drop(hold, worker: index)
                seen.insert(.gaveUp)
            }
        }
        let due = max(workers[index].lastRenewed + patience, now + (plan.leaseMicroseconds - patience) / 2)
        timeline.plan(.worker(index, life: workers[index].life, .leaseCheck), at: due)
    }

    private func renew(_ index: Int) {
        let id = send(.renew(workers[index].id, lease, holds(index)), from: .worker(index))
        workers[index].renewal = (id, now)
        planTimeout(id, worker: index)
    }

    private func holds(_ index: Int) -> [Hold] {
        workers[index].order.compactMap { id in workers[index].held[id].map { Hold(id: id, fence: $0.job.fence) } }
    }

    /// Stops an attempt that no longer holds its job; nothing is reported.
    private func drop(_ hold: Hold, worker index: Int) throws(Violation) {
        guard let entry = workers[index].held[hold.id], entry.job.fence == hold.fence else { return }
        remove(hold.id, worker: index)
        try release(1, worker: index)
        startWaiting(index)
    }

    private func release(_ count: Int, worker index: Int) throws(Violation) {
        if workers[index].loop.held < count {
            throw Violation(.slotsAreCounted, "worker \(index) frees \(count) of \(workers[index].loop.held)")
        }
        act(workers[index].loop.handle(.released(count)), worker: index)
    }

    private func remove(_ id: JobID, worker index: Int) {
        workers[index].held[id] = nil
        workers[index].order.removeAll { $0 == id }
    }

    func crash(worker index: Int) {
        guard workers[index].isUp else { return }
        let life = workers[index].life + 1
        workers[index] = WorkerNode(index: index, slots: plan.slots)
        workers[index].life = life
        timeline.plan(.worker(index, life: life, .begin), at: now + faults.pick(1_000...1_000_000))
    }

    func pause(worker index: Int, for length: Int64) {
        workers[index].pausedUntil = max(workers[index].pausedUntil, now + length)
    }
}
