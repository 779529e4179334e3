import LovageCore
import LovageMemoryStore
import LovageStore

extension Checker {
    // MARK: After every verb, for every job that it changed

    /// A job that becomes ready, or would have if it had not been taken ahead of its time, goes behind all others, unless its
    /// attempt was handed back or lost.
    func checkPlace(
        _ old: Job?, _ new: Job, _ end: AttemptEnd?, above highest: Int64, _ given: inout Set<Int64>
    ) throws(Violation) {
        let isTakenAhead = old?.state.name == .suspended && new.state.name == .running
        guard isTakenAhead || (new.state == .ready && old?.state != .ready) else { return }
        if let old, case .running = old.state, old.generation == new.generation, end?.keepsPlace == true {
            if new.sequence != old.sequence { throw Violation(.placeIsKept, "\(new.id) lost its place") }
            return
        }
        if new.sequence <= highest || !given.insert(new.sequence).inserted {
            throw Violation(.placeIsKept, "\(new.id) became ready as number \(new.sequence) of \(highest)")
        }
    }

    /// Whoever waits for a change is woken by it.
    func checkWakes(_ old: Job?, _ new: Job, _ end: AttemptEnd?, _ topics: Set<WakeTopic>) throws(Violation) {
        if let membership = new.membership, !topics.contains(.workflow(membership.workflow)) {
            throw Violation(.changesAreTold, "\(new.id): nobody told those who watch its run")
        }
        guard new.state != old?.state else { return }
        if new.state == .ready, !topics.contains(.work) {
            throw Violation(.changesAreTold, "\(new.id) is ready and no worker was told")
        }
        if case .suspended(let suspension) = new.state, suspension.isTimed, !topics.contains(.timers) {
            throw Violation(.changesAreTold, "\(new.id) waits for a time and the promoter was not told")
        }
        guard let old else { return }
        let leaves = new.outcome != nil || (old.isInLine && new.state.name == .running)
        if leaves, !topics.contains(.queue(new.queue)) {
            throw Violation(.changesAreTold, "\(new.id) left its queue and nobody was told")
        }
        if case .running(let lease) = old.state, new.state.name != .running, end?.isFromOutside == true,
            !topics.contains(.worker(lease.worker))
        {
            throw Violation(.changesAreTold, "\(new.id) was taken and its worker was not told")
        }
    }

    /// Time ends a job only when it is over, and what ends it from outside kills its fence.
    func checkMove(_ old: Job?, _ new: Job, at now: Moment) throws(Violation) {
        if let old, old.generation == new.generation, case .suspended(let suspension) = old.state,
            new.state == .ready, suspension.isTooEarly(at: now)
        {
            throw Violation(.notBeforeItsTime, "\(new.id) became ready before \(suspension)")
        }
        if let old, case .running(let lease) = old.state, new.state == .ready, lease.claimed > now.store {
            throw Violation(.notBeforeItsTime, "\(new.id) was claimed ahead of its time and is ready before it")
        }
        guard let outcome = new.outcome, old?.outcome == nil || old?.generation != new.generation else { return }
        if let old, outcome.isFromOutside, new.standIn == nil || outcome.name == .cancelled, new.fence <= old.fence {
            throw Violation(.fenceGrows, "\(new.id) was ended from outside and kept its fence")
        }
        guard new.standIn == nil else { return }
        switch outcome {
        case .expired:
            guard let window = new.options.startWithin, new.generation == 1, old?.started == nil,
                new.submitted.store + window <= now.store
            else { throw Violation(.timesHold, "\(new.id) expired") }
        case .failed(.deadline):
            guard let deadline = new.options.deadline, new.generation == 1,
                new.submitted.store + deadline <= now.store
            else { throw Violation(.timesHold, "\(new.id) failed by its deadline") }
        case .succeeded, .failed, .cancelled, .skipped: break
        }
    }

    /// A promotion leaves nothing behind whose time has come, and names the next moments.
    func checkPromotion(_ promotion: Promotion, at now: Moment) throws(Violation) {
        var (byStore, byWall): (StoreTime?, WallTime?)
        for job in current.values {
            switch job.state {
            case .suspended(.until(let due)), .suspended(.retry(let due)): byStore = min(byStore ?? due, due)
            case .suspended(.at(let due)): byWall = min(byWall ?? due, due)
            case .suspended, .ready, .blocked, .running, .finished: break
            }
        }
        if let byStore, byStore <= now.store { throw Violation(.timesHold, "\(byStore) has come and a job waits") }
        if let byWall, byWall <= now.wall { throw Violation(.timesHold, "\(byWall) has come and a job waits") }
        if promotion.nextStoreTime != byStore || promotion.nextWallTime != byWall {
            throw Violation(.timesHold, "the promoter is told another moment than the next one")
        }
    }

    /// After a sweep that was not held up: what had to be over by now is, and nobody holds a job under a lease that is.
    func checkTimes(_ model: MemoryModel, sweptAt now: Moment) throws(Violation) {
        let late = current.keys.compactMap(model.job).filter { $0.isLate(at: now.store) }
        guard let job = late.min(by: { $0.id < $1.id }) else { return }
        throw Violation(.timesHold, "\(job.id) is \(job.state) after its time")
    }
}
