import LovageCore
import LovageMemoryStore
import LovageStore

extension Checker {
    /// Takes note of a sign of life, before the store is told of it.
    mutating func lives(_ worker: WorkerID, for lease: Duration, isRegistering: Bool = false, at now: Moment) {
        var account = leases[worker] ?? WorkerAccount(ends: now.store, keeps: now.store)
        if account.ends <= now.store, account.isRegistered { account.hasLapsed = true }
        account.ends = max(account.ends, now.store + lease)
        if isRegistering {
            account.isRegistered = true
            account.hasLapsed = false
        } else {
            account.keeps = account.ends
        }
        leases[worker] = account
    }

    /// A renewal keeps what its worker names and what it cannot know of yet; it answers what that worker has lost.
    func renewed(
        _ worker: WorkerID, _ lease: Duration, _ holding: [Hold], lost: [Hold], before: [JobID: Job],
        in model: MemoryModel, at now: Moment
    ) throws(Violation) {
        for (id, old) in before.sorted(by: { $0.key < $1.key }) {
            guard case .running(let held) = old.state, held.worker == worker else { continue }
            let isForgotten = !holding.contains { $0.id == id } && held.claimed + lease <= now.store
            guard case .running(let new) = model.job(id)?.state, new.worker == worker else {
                if isForgotten { continue }
                throw Violation(.leaseIsKept, "\(id) was taken by a renewal of its own worker")
            }
            if isForgotten { throw Violation(.nothingLeaks, "\(id) is held by a worker that does not know of it") }
            if new.expires != leases[worker]?.ends { throw Violation(.leaseIsKept, "\(id) was not renewed") }
        }
        let expected = holding.filter { hold in
            guard let job = model.job(hold.id), case .running(let held) = job.state else { return true }
            return held.worker != worker || job.fence != hold.fence
        }
        if lost != expected { throw Violation(.onlyThePresentFence, "told lost \(lost), but lost are \(expected)") }
    }

    /// Looks at what a sweep took; `isGrace` just after the server was away for long.
    func swept(
        _ wakes: [WakeTopic], before: MemoryModel, after: MemoryModel, at now: Moment, isGrace: Bool,
        seen: inout Set<Sometimes>
    ) throws(Violation) {
        for case .job(let id) in wakes {
            guard let old = before.job(id), case .running(let lease) = old.state, let job = after.job(id),
                job.state != old.state
            else { continue }
            switch job.outcome {
            case .failed(.quarantined): seen.insert(.quarantined)
            case .failed(.neverStarted): seen.insert(.neverStarted)
            case .failed(.deadline): seen.insert(.deadlineWhileRunning)
            default: seen.insert(.leaseExpired)
            }
            guard case .lost = after.attempts(of: id).last?.end else { continue }
            let ends = max(lease.expires, leases[lease.worker]?.keeps ?? lease.expires)
            if ends > now.store { throw Violation(.leaseIsKept, "\(id) was taken before its lease ended") }
            if isGrace { throw Violation(.leaseIsKept, "\(id) was taken when nobody could have renewed it") }
        }
    }

    /// The workers that people are shown are those that live, with what they hold.
    func checkWorkers(_ model: MemoryModel, at now: Moment) throws(Violation) {
        let shown = model.workers(at: now)
        for worker in shown {
            let held = running.count { model.job($0)?.holder == worker.record.id }
            guard worker.leaseEnds == leases[worker.record.id]?.ends, worker.running == held else {
                throw Violation(.countsAreTrue, "\(worker.record.name) is said to run \(worker.running) of \(held)")
            }
        }
        let names = Set(shown.map(\.record.id))
        let living = leases.filter { $0.value.isRegistered && !$0.value.hasLapsed && $0.value.ends > now.store }
        if let hidden = living.keys.filter({ !names.contains($0) }).min() {
            throw Violation(.countsAreTrue, "worker \(hidden) lives and is not shown")
        }
    }
}
