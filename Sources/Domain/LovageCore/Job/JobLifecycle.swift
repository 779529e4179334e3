// The life of a job, decided in one place.
//
// `applying` is the only code that moves a job from state to state. It looks at the pair (state, event) and answers
// with a change, with "nothing to do", or with "stale". Stores write the change guarded by (id, state, fence); nothing
// else in Lovage assigns `Job.state`. The pairs are listed by hand in docs/internals/job-lifecycle.md, and a golden
// table holds the two equal.
//
// Five rules hold throughout:
// - Every claim raises the fence, and so does everything that ends an attempt from outside (a lost lease, a cancel, a
//   deadline, a manual retry). A report under the present fence of a job that no longer runs is therefore a repeat of
//   one that was accepted, and is answered "unchanged"; any other is stale.
// - Timers race with people and with each other, so a timer that finds its job elsewhere changes nothing. Claims,
//   blockages, merges and settled needs are decided on a fresh read, so that a wrong state there is our bug.
// - Three budgets are counted apart: failed, crashed (lost after the start), unstarted (lost before it). Snoozing,
//   handing back and draining use none.
// - A job that becomes ready takes a new sequence number, unless its last attempt ended through no word of its handler: a
//   hand-back and a loss keep the place in the queue. What a crash interrupted would otherwise wait behind all that was
//   submitted since; a job that crashes its workers is bounded by its crash limit.
// - No attempt begins before its job's time. A claim may be made ahead of it, and then says in `Lease.claimed` when the
//   attempt may begin; an attempt that is given back or lost before that leaves a job that waits for it again.
//
// One switch over the states, and for each one over the events, none with a `default`: a new state or a new event has
// to be decided by a person, for every other one.

extension Job {
    /// Decides what `event` does to this job at `now`.
    public func applying(_ event: JobEvent, at now: Moment) throws(IllegalTransition) -> Decision {
        switch state {
        case .suspended(let suspension): try applying(event, whileSuspended: suspension, at: now)
        case .ready: try applyingWhileReady(event, at: now)
        case .blocked: try applyingWhileBlocked(event, at: now)
        case .running(let lease): try applying(event, whileRunningUnder: lease, at: now)
        case .finished(let outcome): try applying(event, whileFinishedAs: outcome, at: now)
        }
    }

    /// It waits for a time, its needs, a signal, or the job that stands for it.
    private func applying(
        _ event: JobEvent, whileSuspended suspension: Suspension, at now: Moment
    ) throws(IllegalTransition) -> Decision {
        switch event {
        case .becameDue: return suspension.isOver(at: now) ? becomingReady() : .unchanged
        case .needsSettled(let decision):
            guard case .needs = suspension else { throw illegal(event) }
            return settling(decision, at: now)
        case .merged(let other):
            // Only what would become ready by itself, and so holds its unique key.
            switch suspension {
            case .until, .at: return merging(into: other)
            case .needs, .signal, .retry, .merged: throw illegal(event)
            }
        case .standInEnded(let end):
            guard case .merged = suspension else { return .unchanged }
            return following(end, at: now)
        case .signalled(let name):
            guard case .signal(name) = suspension else { return .unchanged }
            return becomingReady()
        case .reported(let fence, _, _): return repeated(fence)
        case .startConfirmed, .renewed, .published: return .stale
        case .startWindowPassed: return expiring(at: now)
        case .deadlinePassed: return failingByDeadline(at: now)
        case .cancelled(let reason): return finishing(.cancelled(reason), ending: nil, at: now)
        case .claimed(let lease):
            // Ahead of its time, by a worker that waits for it.
            guard suspension.isOver(at: now.moving(to: lease.claimed)) else { throw illegal(event) }
            return claiming(lease, takesSequence: true)
        case .retried(_, let version):
            guard case .needs = suspension, wants(version) else { return .unchanged }
            return taking(version)
        case .leaseExpired, .ownerGone, .unblocked: return .unchanged
        case .blocked: throw illegal(event)
        }
    }

    /// It waits for a worker.
    private func applyingWhileReady(_ event: JobEvent, at now: Moment) throws(IllegalTransition) -> Decision {
        switch event {
        case .claimed(let lease): return claiming(lease)
        case .blocked(let blockage): return moving(to: .blocked(blockage))
        case .merged(let other): return merging(into: other)
        case .reported(let fence, _, _): return repeated(fence)
        case .startConfirmed, .renewed, .published: return .stale
        case .startWindowPassed: return expiring(at: now)
        case .deadlinePassed: return failingByDeadline(at: now)
        case .cancelled(let reason): return finishing(.cancelled(reason), ending: nil, at: now)
        case .becameDue, .standInEnded, .signalled, .leaseExpired, .ownerGone, .unblocked, .retried: return .unchanged
        case .needsSettled: throw illegal(event)
        }
    }

    /// It waits for what it must hold; its place in the queue stays.
    private func applyingWhileBlocked(_ event: JobEvent, at now: Moment) throws(IllegalTransition) -> Decision {
        switch event {
        case .unblocked: return moving(to: .ready)
        case .reported(let fence, _, _): return repeated(fence)
        case .startConfirmed, .renewed, .published: return .stale
        case .startWindowPassed: return expiring(at: now)
        case .deadlinePassed: return failingByDeadline(at: now)
        case .cancelled(let reason): return finishing(.cancelled(reason), ending: nil, at: now)
        case .becameDue, .standInEnded, .signalled, .leaseExpired, .ownerGone, .retried: return .unchanged
        case .needsSettled, .merged, .claimed, .blocked: throw illegal(event)
        }
    }

    /// What its attempt says counts while it carries the present fence.
    private func applying(
        _ event: JobEvent, whileRunningUnder lease: Lease, at now: Moment
    ) throws(IllegalTransition) -> Decision {
        switch event {
        case .startConfirmed(let fence):
            guard fence == self.fence else { return .stale }
            return lease.started == nil ? confirmingStart(lease, at: now) : .unchanged
        case .renewed(let fence, let expires):
            guard fence == self.fence else { return .stale }
            return expires > lease.expires ? renewing(lease, until: expires) : .unchanged
        case .published(let fence, let publication):
            return fence == self.fence ? publishing(publication) : .stale
        case .reported(let fence, let report, let entropy):
            return fence == self.fence ? ending(lease, with: report, entropy: entropy, at: now) : .stale
        case .leaseExpired: return lease.expires <= now.store ? losing(lease, at: now) : .unchanged
        case .ownerGone: return losing(lease, at: now)
        case .deadlinePassed: return failingByDeadline(at: now)
        case .cancelled(let reason): return finishing(.cancelled(reason), ending: .cancelled, at: now)
        case .becameDue, .standInEnded, .signalled, .startWindowPassed, .unblocked, .retried: return .unchanged
        case .needsSettled, .merged, .claimed, .blocked: throw illegal(event)
        }
    }

    /// Only a manual retry opens a new generation. A step that was never reached has no arguments yet: what it needs is
    /// tried again, and that reopens it.
    private func applying(
        _ event: JobEvent, whileFinishedAs outcome: Outcome, at now: Moment
    ) throws(IllegalTransition) -> Decision {
        switch event {
        case .retried(let held, let version):
            return held || outcome.isRetryableByItself ? retrying(held: held, version) : .unchanged
        case .reported(let fence, _, _): return repeated(fence)
        case .startConfirmed, .renewed, .published: return .stale
        case .becameDue, .standInEnded, .signalled, .leaseExpired, .ownerGone, .startWindowPassed, .deadlinePassed,
            .cancelled, .unblocked:
            return .unchanged
        case .needsSettled, .merged, .claimed, .blocked: throw illegal(event)
        }
    }

    private func illegal(_ event: JobEvent) -> IllegalTransition { IllegalTransition(state: state, event: event) }
}

extension Suspension {
    /// True when only a clock had to come this far.
    fileprivate func isOver(at now: Moment) -> Bool {
        switch self {
        case .until(let due), .retry(let due): due <= now.store
        case .at(let due): due <= now.wall
        case .needs, .signal, .merged: false
        }
    }
}
