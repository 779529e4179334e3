public import LovageCore
public import LovageStore

extension MemoryModel {
    /// Takes up to `request.limit` ready jobs, best first. One that finds none changes nothing.
    ///
    /// Complexity: O(jobs looked at); a queue full of kinds that nobody asked for is looked through.
    public mutating func claim(_ request: ClaimRequest, at now: Moment) throws(StoreError) -> Effect<[Job]> {
        let expires = end(ofLease: request.lease, of: request.worker, at: now)
        var claimed: [Job] = []
        for queue in request.offer.queues where settings[queue]?.isPaused != true {
            for id in candidates(in: queue, for: request.offer, upTo: request.limit - claimed.count, at: now) {
                let started = claimed.count < request.starting ? now.store : nil
                let lease = Lease(worker: request.worker, claimed: now.store, started: started, expires: expires)
                if case .changed(let job) = try apply(.claimed(lease), to: id, at: now) { claimed.append(job) }
            }
        }
        if claimed.isEmpty { claimed = try claimAhead(request, until: expires, at: now) }
        return effect(claimed)
    }

    /// Takes jobs that will be due soon, the first one first.
    private mutating func claimAhead(_ request: ClaimRequest, until expires: StoreTime, at now: Moment)
        throws(StoreError)
        -> [Job]
    {
        guard request.ahead > .zero else { return [] }
        let most = ClaimRule.mostLookedAtAhead
        let byStore = JobIndexes.due(indexes.dueByStore, at: (now.store + request.ahead).microseconds, upTo: most)
        let byWall = JobIndexes.due(indexes.dueByWall, at: (now.wall + request.ahead).microseconds, upTo: most)
        var claimed: [Job] = []
        for id in byStore + byWall where claimed.count < request.limit {
            guard let job = jobs[id],
                let begins = ClaimRule.beginning(
                    of: job, within: request.ahead, settings: settings(of: job.queue), offer: request.offer, at: now)
            else { continue }
            let lease = Lease(worker: request.worker, claimed: begins, started: nil, expires: expires)
            if case .changed(let job) = try apply(.claimed(lease), to: id, at: now) { claimed.append(job) }
        }
        return claimed
    }

    /// Applies events, and then claims.
    public mutating func reportAndClaim(_ changes: [JobChange], for request: ClaimRequest, at now: Moment)
        throws(StoreError)
        -> Effect<NextWork>
    {
        let applied = try apply(changes, at: now)
        let claimed = try claim(request, at: now)
        // What it made ready it may have taken itself: then there is nothing to wake anybody for.
        let wakes = (applied.wakes + claimed.wakes).filter { $0 != .work || hasReady }
        return Effect(answer: NextWork(answers: applied.answer, jobs: claimed.answer), wakes: wakes)
    }

    /// True when some queue has jobs that are ready.
    var hasReady: Bool { indexes.ready.values.contains { !$0.isEmpty } }

    /// The jobs of one queue that the claim rule lets this worker run. A job whose time is over is left for the sweep.
    private func candidates(in queue: QueueName, for offer: ClaimRule.Offer, upTo limit: Int, at now: Moment) -> [JobID]
    {
        guard limit > 0, let ready = indexes.ready[queue] else { return [] }
        var found: [JobID] = []
        for key in ready.ascending where offer.kinds.contains(key.kind) {
            guard let job = jobs[key.id], !job.isPastItsTime(at: now.store) else { continue }
            found.append(key.id)
            if found.count == limit { break }
        }
        return found
    }

    /// Says that `worker` is alive; answers those of `holding` that it holds no more. What it holds by our account and
    /// does not name, a lease's time after the claim, was claimed by a call whose answer never reached it: it is lost.
    public mutating func renew(_ worker: WorkerID, lease: Duration, holding: [Hold], at now: Moment) throws(StoreError)
        -> Effect<[Hold]>
    {
        try renewLeases(of: worker, by: lease, at: now)
        let named = Set(holding.map(\.id))
        for id in jobsHeld(by: worker) where !named.contains(id) && isOlder(id, than: lease, at: now) {
            _ = try apply(.ownerGone, to: id, at: now)
        }
        return effect(holding.filter { !isHeld($0, by: worker) })
    }

    /// Makes a worker known, with a first lease.
    public mutating func register(_ worker: WorkerRecord, lease: Duration, at now: Moment) -> Effect<Void> {
        let since = workers[worker.id]?.since ?? now.store
        workers[worker.id] = WorkerEntry(record: worker, since: since, leaseEnds: now.store + lease)
        return effect(())
    }

    /// Forgets a worker; whatever it holds is lost to it at once.
    public mutating func retire(_ worker: WorkerID, at now: Moment) throws(StoreError) -> Effect<Void> {
        for id in jobsHeld(by: worker) { _ = try apply(.ownerGone, to: id, at: now) }
        workers[worker] = nil
        return effect(())
    }

    /// When a lease ends that begins now: `lease` from now, but not earlier than the worker's own.
    private func end(ofLease lease: Duration, of worker: WorkerID, at now: Moment) -> StoreTime {
        max(now.store + lease, workers[worker]?.leaseEnds ?? now.store)
    }

    /// Lets every lease of the worker end `lease` from now, but none earlier than it would have.
    private mutating func renewLeases(of worker: WorkerID, by lease: Duration, at now: Moment) throws(StoreError) {
        let expires = end(ofLease: lease, of: worker, at: now)
        workers[worker]?.leaseEnds = expires
        for id in jobsHeld(by: worker) {
            guard let fence = jobs[id]?.fence else { continue }
            _ = try apply(.renewed(fence: fence, expires: expires), to: id, at: now)
        }
    }

    private func jobsHeld(by worker: WorkerID) -> [JobID] {
        indexes.held[worker].map { Array($0.ascending) } ?? []
    }

    private func isOlder(_ id: JobID, than lease: Duration, at now: Moment) -> Bool {
        guard let job = jobs[id], case .running(let held) = job.state else { return false }
        return held.claimed + lease <= now.store
    }

    private func isHeld(_ hold: Hold, by worker: WorkerID) -> Bool {
        guard let job = jobs[hold.id], case .running(let lease) = job.state else { return false }
        return lease.worker == worker && job.fence == hold.fence
    }
}

extension Job {
    /// True when the next sweep ends it.
    func isPastItsTime(at now: StoreTime) -> Bool {
        if let startBy, startBy <= now { return true }
        if let deadline, deadline <= now { return true }
        return false
    }
}
