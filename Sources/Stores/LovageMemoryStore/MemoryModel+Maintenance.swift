public import LovageCore
public import LovageStore
import LovageWorkflow

extension MemoryModel {
    /// How long a finished run is kept whose jobs are gone: as long as a queue keeps jobs when nobody says otherwise.
    static let keepRunsFor = QueueSettings().keepFinishedFor

    /// Makes up to `limit` suspended jobs ready whose time has come: first those of the store's clock, then those of
    /// the wall clock, each by their time.
    public mutating func promote(upTo limit: Int, at now: Moment) throws(StoreError) -> Effect<Promotion> {
        let byStore = JobIndexes.due(indexes.dueByStore, at: now.store.microseconds, upTo: limit)
        let byWall = JobIndexes.due(indexes.dueByWall, at: now.wall.microseconds, upTo: limit - byStore.count)
        for id in byStore + byWall { _ = try apply(.becameDue, to: id, at: now) }
        return effect(
            Promotion(
                promoted: byStore.count + byWall.count,
                nextStoreTime: indexes.dueByStore.first.map { StoreTime(microseconds: $0.microseconds) },
                nextWallTime: indexes.dueByWall.first.map { WallTime(microseconds: $0.microseconds) }))
    }

    /// Ends up to `limit` leases, start windows and deadlines whose time is over, in this order; answers how many.
    /// Drops idempotency keys past their window and workers that are gone, as many again.
    public mutating func sweep(upTo limit: Int, at now: Moment) throws(StoreError) -> Effect<Int> {
        var ended = 0
        for id in JobIndexes.due(indexes.leases, at: now.store.microseconds, upTo: limit) {
            ended += try end(id, .leaseExpired, at: now)
        }
        for id in JobIndexes.due(indexes.startWindows, at: now.store.microseconds, upTo: limit - ended) {
            ended += try end(id, .startWindowPassed, at: now)
        }
        for id in JobIndexes.due(indexes.deadlines, at: now.store.microseconds, upTo: limit - ended) {
            ended += try end(id, .deadlinePassed, at: now)
        }
        keys.expire(at: now.store, upTo: limit)
        dropDeadWorkers(at: now)
        return effect(ended)
    }

    /// Deletes up to `limit` finished jobs and runs that nothing asks to keep; answers the jobs.
    public mutating func prune(upTo limit: Int, at now: Moment) -> Effect<[JobID]> {
        var deleted: [JobID] = []
        var touched: Set<WorkflowID> = []
        for queue in indexes.finished.keys.sorted() {
            for job in prunable(in: queue, upTo: limit - deleted.count, at: now) {
                delete(job)
                forgetMember(job)
                deleted.append(job.id)
                if let run = job.membership?.workflow { touched.insert(run) }
            }
        }
        // A run goes with the last of its jobs: without them there is nothing to see in it.
        for run in touched where runs[run]?.members.values.allSatisfy(\.isEmpty) == true {
            runs[run] = nil
            runOrder.remove(run)
        }
        for run in prunableRuns(upTo: limit - deleted.count, at: now) {
            runs[run] = nil
            runOrder.remove(run)
        }
        return effect(deleted)
    }

    /// Replaces the settings of one queue.
    public mutating func set(_ new: QueueSettings, for queue: QueueName) -> Effect<Void> {
        let old = settings(of: queue)
        settings[queue] = new
        if old.isPaused, !new.isPaused { wake(.work) }
        if old.capacity != new.capacity { wake(.queue(queue)) }
        return effect(())
    }

    /// Cancels up to `limit` waiting jobs of a queue, oldest first; answers how many.
    ///
    /// What a cancel makes unreachable in a workflow ends too, and is not counted.
    public mutating func purge(_ queue: QueueName, upTo limit: Int, at now: Moment) throws(StoreError) -> Effect<Int> {
        var purged = 0
        for id in indexes.waiting[queue].map({ Array($0.ascending) }) ?? [] {
            guard purged < limit else { break }
            guard jobs[id]?.isWaiting == true else { continue }
            if case .changed = try apply(.cancelled(.purged), to: id, at: now) { purged += 1 }
        }
        return effect(purged)
    }

    private mutating func end(_ id: JobID, _ event: JobEvent, at now: Moment) throws(StoreError) -> Int {
        if case .changed = try apply(event, to: id, at: now) { 1 } else { 0 }
    }

    private mutating func dropDeadWorkers(at now: Moment) {
        workers = workers.filter { $0.value.leaseEnds > now.store || indexes.held[$0.key] != nil }
    }

    private func prunable(in queue: QueueName, upTo limit: Int, at now: Moment) -> [Job] {
        guard limit > 0, let finished = indexes.finished[queue] else { return [] }
        let settings = settings(of: queue)
        let surplus = settings.keepFinishedCount.map { finished.count - max(0, $0) } ?? 0
        var found: [Job] = []
        for (position, key) in finished.ascending.enumerated() {
            let end = StoreTime(microseconds: key.microseconds)
            guard position < surplus || end + settings.keepFinishedFor <= now.store else { break }
            guard let job = jobs[key.id] else { continue }
            if let membership = job.membership, let run = runs[membership.workflow]?.run {
                // A member's time begins with the end of its run.
                guard let over = run.finished, run.outcome != nil,
                    position < surplus || over + settings.keepFinishedFor <= now.store
                else { continue }
            }
            found.append(job)
            if found.count == limit { break }
        }
        return found
    }

    private mutating func forgetMember(_ job: Job) {
        guard let membership = job.membership else { return }
        runs[membership.workflow]?.members[membership.step]?.removeAll { $0 == job.id }
    }

    private func prunableRuns(upTo limit: Int, at now: Moment) -> [WorkflowID] {
        guard limit > 0 else { return [] }
        var found: [WorkflowID] = []
        for id in runOrder.ascending {
            guard let entry = runs[id], let finished = entry.run.finished, entry.run.outcome != nil,
                finished + Self.keepRunsFor <= now.store, entry.members.values.allSatisfy(\.isEmpty)
            else { continue }
            found.append(id)
            if found.count == limit { break }
        }
        return found
    }
}
