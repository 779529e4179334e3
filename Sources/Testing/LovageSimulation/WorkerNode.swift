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
    /// Asked to stop: it claims nothing more, ends what it runs and gives back the rest.
    var isDraining = false
    var pausedUntil: Int64 = 0
    var loop: ClaimLoop
    var claim: (id: Int, sent: Int64)?
    /// True when it was woken after it sent the claim that is under way.
    var wasWokenMeanwhile = false
    var register: Int?
    /// Attempts whose handlers run, or that wait for a slot.
    var held: [JobID: (job: Job, isRunning: Bool, asked: Int64)] = [:]
    var order: [JobID] = []
    /// Changes that wait for an answer, by request.
    var reports: [Int: [JobChange]] = [:]
    /// When those of them were sent that ask for more work as well.
    var claimsWithReports: [Int: Int64] = [:]
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
        case .begin: try begin(worker: index)
        case .heartbeat: heartbeat(index)
        case .leaseCheck: try giveUpIfSilent(index)
        case .reached(let id, let fence): reached(id, fence, worker: index)
        case .ended(let id, let fence): try handlerEnded(id, fence, worker: index)
        case .retryClaim: try act(workers[index].loop.handle(.woken), worker: index)
        case .resume: break
        case .timeout(let request): try timedOut(request, worker: index)
        }
    }

    func begin(worker index: Int) throws(Violation) {
        workers[index].id = WorkerID(UUIDv7(at: moment.wall, using: &ids))
        workers[index].isUp = true
        workers[index].lastRenewed = now
        workers[index].loop = ClaimLoop(slots: plan.slots)
        workers[index].loop.readAhead = plan.readAhead
        let record = WorkerRecord(
            id: workers[index].id, name: "w\(index)", offer: offer(of: index), slots: plan.slots, isLocal: false)
        let request = send(.register(record, lease), from: .worker(index))
        workers[index].register = request
        planTimeout(request, worker: index)
        timeline.plan(.worker(index, life: workers[index].life, .heartbeat), at: now + plan.leaseMicroseconds / 3)
        timeline.plan(.worker(index, life: workers[index].life, .leaseCheck), at: now + patience)
    }

    /// How long a worker goes on without an answer.
    var patience: Int64 { plan.leaseMicroseconds * 5 / 6 }
    private var lease: Duration { .microseconds(plan.leaseMicroseconds) }

    /// What a worker takes; the first one everything, so that nothing waits for ever.
    func offer(of index: Int) -> ClaimRule.Offer {
        let isSpecial = plan.specialists && index > 0
        if isSpecial { seen.insert(.specialist) }
        return ClaimRule.Offer(
            kinds: isSpecial && index % 2 == 1 ? [Jobs.kind] : [Jobs.kind, Jobs.step],
            queues: isSpecial ? (index == 2 ? ["slow"] : Self.queues.reversed()) : Self.queues)
    }

    func planTimeout(_ request: Int, worker index: Int) {
        timeline.plan(.worker(index, life: workers[index].life, .timeout(request: request)), at: now + Self.timeout)
    }

    func wake(_ index: Int) throws(Violation) {
        guard workers[index].isUp, workers[index].register == nil else { return }
        if now < workers[index].pausedUntil {
            timeline.plan(.wake(worker: index), at: workers[index].pausedUntil + 1)
            return
        }
        workers[index].wasWokenMeanwhile = workers[index].claim != nil
        try act(workers[index].loop.handle(.woken), worker: index)
        if !workers[index].held.isEmpty { renew(index) }
    }

    func act(_ action: ClaimLoop.Action, worker index: Int) throws(Violation) {
        switch action {
        case .claim(let limit, let starting):
            try checkClaim(limit, starting, workers[index])
            if limit > starting, !plan.confirmsStarts { seen.insert(.readAhead) }
            let request = ClaimRequest(
                worker: workers[index].id, offer: offer(of: index), limit: limit,
                starting: plan.confirmsStarts ? 0 : starting, lease: lease, ahead: .microseconds(plan.aheadMicroseconds)
            )
            let id = send(.claim(request), from: .worker(index))
            workers[index].claim = (id, now)
            workers[index].wasWokenMeanwhile = false
            planTimeout(id, worker: index)
        case .wait(let wait):
            if wait > .seconds(10) { throw Violation(.nothingStarves, "worker \(index) waits for \(wait)") }
            timeline.plan(.worker(index, life: workers[index].life, .retryClaim), at: now + wait.wholeMicroseconds)
        case .rest: break
        case .finish:
            guard workers[index].held.isEmpty, workers[index].isDraining else {
                throw Violation(.drainEndsWhatRuns, "worker \(index) leaves \(workers[index].held.count) attempts")
            }
            leave(worker: index)
        }
    }

    /// A worker asks for what it has room for, once at a time, and not while it stops.
    private func checkClaim(_ limit: Int, _ starting: Int, _ worker: WorkerNode) throws(Violation) {
        if worker.claim != nil || worker.isDraining {
            throw Violation(.oneClaimAtATime, "worker \(worker.index) claims \(limit)")
        }
        let free = worker.slots - worker.loop.held
        if limit < 1 || limit > free + plan.readAhead || starting != min(max(0, free), limit) {
            throw Violation(.slotsAreCounted, "worker \(worker.index) claims \(limit), \(starting) of \(free) start")
        }
    }

    /// What came while a claim was under way may not be in its answer.
    private func checkWakeUp(_ action: ClaimLoop.Action, worker index: Int) throws(Violation) {
        let worker = workers[index]
        if case .claim = action { return }
        if worker.isDraining || worker.loop.held >= worker.slots { return }
        throw Violation(.nothingStarves, "worker \(index) lost a wake-up")
    }

    private func timedOut(_ request: Int, worker index: Int) throws(Violation) {
        if workers[index].claim?.id == request {
            workers[index].claim = nil
            let action = workers[index].loop.handle(.claimFailed)
            if case .claim = action { throw Violation(.oneClaimAtATime, "worker \(index) asks again at once") }
            try act(action, worker: index)
        } else if workers[index].register == request {
            workers[index].register = nil
            workers[index].life += 1
            try begin(worker: index)
        } else if let changes = workers[index].reports.removeValue(forKey: request) {
            workers[index].claimsWithReports[request] = nil
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
            let asked = workers[index].claim?.sent ?? 0
            workers[index].claim = nil
            let replaced = hold(jobs, asked: asked, worker: index)
            let action = workers[index].loop.handle(.claimed(jobs.count))
            if workers[index].wasWokenMeanwhile { try checkWakeUp(action, worker: index) }
            try act(action, worker: index)
            try settle(replaced: replaced, worker: index)
        case .reported(let answers):
            guard let changes = workers[index].reports.removeValue(forKey: id) else { return }
            for (change, answer) in zip(changes, answers) { told(change, answer) }
            let ended = changes.count { if case .reported = $0.event { true } else { false } }
            if ended > 0 { try release(ended, worker: index) }
        case .reportedAndClaimed(let next): try received(next, id: id, worker: index)
        case .renewed(let lost):
            guard let renewal = workers[index].renewal, renewal.id == id else { return }
            workers[index].renewal = nil
            workers[index].lastRenewed = max(workers[index].lastRenewed, renewal.sent)
            for hold in lost { try drop(hold, worker: index) }
        case .done where workers[index].register == id:
            workers[index].register = nil
            try act(workers[index].loop.handle(.woken), worker: index)
        case .submitted, .started, .done: break
        }
    }

    /// Takes over jobs that were asked for at `asked`; answers how many attempts they end.
    func hold(_ jobs: [Job], asked: Int64, worker index: Int) -> Int {
        var replaced = 0
        for job in jobs {
            // It had lost the job and did not know: the old attempt ends and frees its slot.
            if workers[index].held[job.id] != nil, mutant != .takesAnyClaimReply {
                remove(job.id, worker: index)
                replaced += 1
            }
            workers[index].held[job.id] = (job, false, asked)
            workers[index].order.append(job.id)
        }
        return replaced
    }

    /// Frees the slots of attempts that were replaced, and begins or gives back what came.
    func settle(replaced: Int, worker index: Int) throws(Violation) {
        if replaced > 0 { try release(replaced, worker: index) }
        if workers[index].isDraining { giveBackWaiting(index) } else { startWaiting(index) }
    }

    private func heartbeat(_ index: Int) {
        timeline.plan(.worker(index, life: workers[index].life, .heartbeat), at: now + plan.leaseMicroseconds / 3)
        renew(index)
    }

    /// Stops what it holds when the lease may end before another sign of life gets through, judged by its own clock. Looked
    /// at when that is due, not with the heartbeat, which may come a third of a lease later.
    private func giveUpIfSilent(_ index: Int) throws(Violation) {
        if now - workers[index].lastRenewed >= patience, mutant != .neverGivesUp {
            for hold in holds(index) where now - (workers[index].held[hold.id]?.asked ?? 0) >= patience {
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

    func release(_ count: Int, worker index: Int) throws(Violation) {
        if workers[index].loop.held < count {
            throw Violation(.slotsAreCounted, "worker \(index) frees \(count) of \(workers[index].loop.held)")
        }
        try act(workers[index].loop.handle(.released(count)), worker: index)
    }

    func remove(_ id: JobID, worker index: Int) {
        workers[index].held[id] = nil
        workers[index].order.removeAll { $0 == id }
    }
}
