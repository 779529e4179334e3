// The life of a job, decided in one place.
//
// `applying` is the only code that moves a job from state to state. It looks at the pair (state, event) and answers
// with a change, with "nothing to do", or with "stale". Stores write the change guarded by (id, state, fence); nothing
// else in Lovage assigns `Job.state`. The pairs are listed by hand in docs/internals/job-lifecycle.md, and a golden
// table holds the two equal.
//
// Four rules hold throughout:
// - Every claim raises the fence, and so does everything that ends an attempt from outside (a lost lease, a cancel, a
//   deadline, a manual retry). A report under the present fence of a job that no longer runs is therefore a repeat of
//   one that was accepted, and is answered "unchanged"; any other is stale.
// - Timers race with people and with each other, so a timer that finds its job elsewhere changes nothing. Claims,
//   blockages and settled needs are decided on a fresh read, so that a wrong state there is our bug.
// - Three budgets are counted apart: failed, crashed (lost after the start), unstarted (lost before it). Snoozing,
//   handing back and draining use none.
// - A job that becomes ready takes a new sequence number, unless its last attempt did it no good and no harm: a
//   hand-back and a loss before the start keep the place in the queue.

extension Job {
    /// Decides what `event` does to this job at `now`.
    public func applying(_ event: JobEvent, at now: Moment) throws(IllegalTransition) -> Decision {
        switch (state, event) {
        // Suspended: waits for a time, its needs or a signal.
        case (.suspended(.until(let due)), .becameDue), (.suspended(.retry(let due)), .becameDue):
            return due <= now.store ? becomingReady() : .unchanged
        case (.suspended(.at(let due)), .becameDue):
            return due <= now.wall ? becomingReady() : .unchanged
        case (.suspended(.needs), .becameDue), (.suspended(.signal), .becameDue):
            return .unchanged
        case (.suspended(.needs), .needsSettled(let decision)):
            return settling(decision, at: now)
        case (.suspended(.signal(let awaited)), .signalled(let name)):
            return awaited == name ? becomingReady() : .unchanged

        // Ready: waits for a worker.
        case (.ready, .claimed(let lease)):
            return claiming(lease)
        case (.ready, .blocked(let blockage)):
            return moving(to: .blocked(blockage))

        // Blocked: waits for what it must hold; its place in the queue stays.
        case (.blocked, .unblocked):
            return moving(to: .ready)

        // Running: what its attempt says counts while it carries the present fence.
        case (.running, .startConfirmed(let fence)) where fence != self.fence,
            (.running, .renewed(let fence, _)) where fence != self.fence,
            (.running, .published(let fence, _)) where fence != self.fence,
            (.running, .reported(let fence, _, _)) where fence != self.fence:
            return .stale
        case (.running(let lease), .startConfirmed):
            return lease.started == nil ? confirmingStart(lease, at: now) : .unchanged
        case (.running(let lease), .renewed(_, let expires)):
            return expires > lease.expires ? renewing(lease, until: expires) : .unchanged
        case (.running, .published(_, let publication)):
            return publishing(publication)
        case (.running(let lease), .reported(_, let report, let entropy)):
            return ending(lease, with: report, entropy: entropy, at: now)
        case (.running(let lease), .leaseExpired):
            return lease.expires <= now.store ? losing(lease, at: now) : .unchanged
        case (.running(let lease), .ownerGone):
            return losing(lease, at: now)

        // Finished: only a manual retry opens a new generation. A step that was never reached has no arguments yet: what
        // it needs is tried again, and that reopens it.
        case (.finished(let outcome), .retried(let held)):
            return held || outcome.isRetryableByItself ? retrying(held: held) : .unchanged
        case (.finished, .cancelled), (.finished, .deadlinePassed):
            return .unchanged

        // Not over, and something ends it from outside.
        case (.suspended, .cancelled(let reason)), (.ready, .cancelled(let reason)),
            (.blocked, .cancelled(let reason)), (.running, .cancelled(let reason)):
            return finishing(.cancelled(reason), ending: .cancelled, at: now)
        case (.suspended, .deadlinePassed), (.ready, .deadlinePassed), (.blocked, .deadlinePassed),
            (.running, .deadlinePassed):
            guard let deadline, deadline <= now.store else { return .unchanged }
            return finishing(.failed(.deadline), ending: .deadlinePassed, at: now)
        case (.suspended, .startWindowPassed), (.ready, .startWindowPassed), (.blocked, .startWindowPassed):
            guard let startBy, startBy <= now.store else { return .unchanged }
            return finishing(.expired, ending: nil, at: now)

        // A repeat of an accepted report, or a word from an attempt that has lost the job.
        case (.suspended, .reported(let fence, _, _)), (.ready, .reported(let fence, _, _)),
            (.blocked, .reported(let fence, _, _)), (.finished, .reported(let fence, _, _)):
            return fence == self.fence && attempts > 0 ? .unchanged : .stale
        case (.suspended, .startConfirmed), (.ready, .startConfirmed), (.blocked, .startConfirmed),
            (.finished, .startConfirmed), (.suspended, .renewed), (.ready, .renewed), (.blocked, .renewed),
            (.finished, .renewed), (.suspended, .published), (.ready, .published), (.blocked, .published),
            (.finished, .published):
            return .stale

        // Timers and signals that come too late.
        case (.ready, .becameDue), (.blocked, .becameDue), (.running, .becameDue), (.finished, .becameDue),
            (.suspended, .leaseExpired), (.ready, .leaseExpired), (.blocked, .leaseExpired),
            (.finished, .leaseExpired), (.suspended, .ownerGone), (.ready, .ownerGone), (.blocked, .ownerGone),
            (.finished, .ownerGone), (.running, .startWindowPassed), (.finished, .startWindowPassed),
            (.suspended, .signalled), (.ready, .signalled), (.blocked, .signalled), (.running, .signalled),
            (.finished, .signalled), (.ready, .unblocked), (.suspended, .unblocked), (.running, .unblocked),
            (.finished, .unblocked):
            return .unchanged

        // A job that is not over is not tried again: it will be anyway.
        case (.suspended, .retried), (.ready, .retried), (.blocked, .retried), (.running, .retried):
            return .unchanged

        // Decided on a fresh read: a wrong state is our bug.
        case (.suspended, .claimed), (.blocked, .claimed), (.running, .claimed), (.finished, .claimed),
            (.suspended, .blocked), (.blocked, .blocked), (.running, .blocked), (.finished, .blocked),
            (.suspended, .needsSettled), (.ready, .needsSettled), (.blocked, .needsSettled),
            (.running, .needsSettled), (.finished, .needsSettled):
            throw IllegalTransition(state: state, event: event)
        }
    }
}
