// The changes that `applying` chooses among. Each is straight-line: the branching is done.

extension Job {
    func becomingReady() -> Decision {
        change(takesSequence: true) { $0.state = .ready }
    }

    func moving(to next: JobState) -> Decision {
        change { $0.state = next }
    }

    func settling(_ decision: NeedsDecision, at now: Moment) -> Decision {
        switch decision {
        case .run(let arguments):
            let next = Job.initialState(options.start, at: now)
            return change(takesSequence: next == .ready) {
                $0.arguments = arguments
                $0.state = next
            }
        case .skip(let reason): return finishing(.skipped(reason), ending: nil, at: now)
        case .fail(let failure): return finish(.failed(.error), nil, at: now) { $0.failure = failure }
        case .unreachable(let step): return finishing(.cancelled(.unreachable(step: step)), ending: nil, at: now)
        }
    }

    func merging(into other: JobID) -> Decision {
        change {
            $0.state = .suspended(.merged)
            $0.standIn = other
        }
    }

    /// Nobody called this one off when the other was called off: then it goes its own way, as if it had just come.
    func following(_ end: StandInEnd, at now: Moment) -> Decision {
        switch end.outcome {
        case .succeeded, .failed, .expired, .skipped:
            return finish(end.outcome, nil, at: now) {
                $0.result = end.result
                $0.failure = end.failure
            }
        case .cancelled:
            let next = Job.initialState(options.start, at: now)
            return change(takesSequence: next == .ready) {
                $0.state = next
                $0.standIn = nil
            }
        }
    }

    func claiming(_ lease: Lease, takesSequence: Bool = false) -> Decision {
        let attempt = Attempt(
            number: attempts + 1, generation: generation, fence: fence + 1, worker: lease.worker,
            claimed: lease.claimed, started: lease.started)
        return change(attempt: .opened(attempt), takesSequence: takesSequence) {
            $0.state = .running(lease)
            $0.fence += 1
            $0.attempts += 1
            $0.started = $0.started ?? lease.started
            $0.progress = nil
            $0.status = nil
        }
    }

    func confirmingStart(_ lease: Lease, at now: Moment) -> Decision {
        let started = max(now.store, lease.claimed)
        return change(attempt: .started(started)) {
            $0.state = .running(lease.with { $0.started = started })
            $0.started = $0.started ?? started
        }
    }

    func renewing(_ lease: Lease, until expires: StoreTime) -> Decision {
        change { $0.state = .running(lease.with { $0.expires = expires }) }
    }

    func publishing(_ publication: Publication) -> Decision {
        change {
            switch publication {
            case .progress(let progress): $0.progress = progress
            case .status(let status): $0.status = status
            }
        }
    }

    func ending(_ lease: Lease, with report: AttemptReport, entropy: UInt64, at now: Moment) -> Decision {
        // Whoever says how it went had begun, though its start was never confirmed.
        let started = lease.started ?? (report.hasBegun ? max(now.store, lease.claimed) : nil)
        let closed = Transition.AttemptChange.closed(number: attempts, started: started, end: report.end)
        switch report {
        case .succeeded(let result):
            return finish(.succeeded, closed, at: now) { $0.result = result }
        case .skipped(let reason):
            return finish(.skipped(reason), closed, at: now) { _ in }
        case .failed(let failure):
            return failing(failure, .error, closed, entropy: entropy, at: now)
        case .timedOut(let failure):
            return failing(failure, .timedOut, closed, entropy: entropy, at: now)
        case .snoozed(let wait):
            return waiting(wait, as: Suspension.until, closed, at: now) { _ in }
        case .handedBack:
            return change(attempt: closed) { $0.state = lease.stateAfterwards(at: now) }
        }
    }

    func losing(_ lease: Lease, at now: Moment) -> Decision {
        let wasStarted = lease.started != nil
        var used = used
        if wasStarted { used.crashed += 1 } else { used.unstarted += 1 }
        let closed = Transition.AttemptChange.closed(
            number: attempts, started: lease.started, end: .lost(started: wasStarted))
        // Only the budget that this loss used can be over now.
        let isUsedUp = wasStarted ? used.crashed >= crashLimit : used.unstarted >= unstartedLimit
        if isUsedUp {
            return finish(.failed(wasStarted ? .quarantined : .neverStarted), closed, at: now) {
                $0.used = used
                $0.fence += 1
            }
        }
        return change(attempt: closed) {
            $0.used = used
            $0.fence += 1
            $0.state = lease.stateAfterwards(at: now)
        }
    }

    /// A report of a job that does not run: a repeat of the one that was accepted, or a word from an attempt that has lost
    /// the job.
    func repeated(_ fence: Int64) -> Decision { fence == self.fence && attempts > 0 ? .unchanged : .stale }

    /// Ends the job if it should have started by now.
    func expiring(at now: Moment) -> Decision {
        guard let startBy, startBy <= now.store else { return .unchanged }
        return finishing(.expired, ending: nil, at: now)
    }

    /// Ends the job, and the attempt that may run, if it should have ended by now.
    func failingByDeadline(at now: Moment) -> Decision {
        guard let deadline, deadline <= now.store else { return .unchanged }
        return finishing(.failed(.deadline), ending: .deadlinePassed, at: now)
    }

    /// Ends the job from outside; `end` is what its attempt is said to have ended with, if one was running.
    func finishing(_ outcome: Outcome, ending end: AttemptEnd?, at now: Moment) -> Decision {
        guard case .running(let lease) = state, let end else {
            return finish(outcome, nil, at: now) { $0.fence += 1 }
        }
        return finish(outcome, .closed(number: attempts, started: lease.started, end: end), at: now) { $0.fence += 1 }
    }

    /// Nothing but its definition changes: it has not begun.
    func taking(_ version: JobVersion?) -> Decision { change { $0.take(version) } }

    func retrying(held: Bool, _ version: JobVersion?) -> Decision {
        change(takesSequence: !held) {
            $0.take(version)
            $0.state = held ? .suspended(.needs) : .ready
            $0.fence += 1
            $0.generation += 1
            $0.used = Budgets()
            $0.result = nil
            $0.failure = nil
            $0.progress = nil
            $0.status = nil
            $0.started = nil
            $0.finished = nil
            $0.standIn = nil
        }
    }

    private func failing(
        _ failure: Failure, _ reason: FailureReason, _ closed: Transition.AttemptChange, entropy: UInt64,
        at now: Moment
    ) -> Decision {
        let failures = used.failed + 1
        let wait =
            failure.isRetryable
            ? options.retry.delay(afterFailure: failures, errorKind: failure.kind, entropy: entropy) : nil
        guard let wait else {
            return finish(.failed(reason), closed, at: now) {
                $0.used.failed = failures
                $0.failure = failure
            }
        }
        return waiting(wait, as: Suspension.retry, closed, at: now) {
            $0.used.failed = failures
            $0.failure = failure
        }
    }

    private func waiting(
        _ wait: Duration, as suspension: (StoreTime) -> Suspension, _ closed: Transition.AttemptChange, at now: Moment,
        _ body: (inout Job) -> Void
    ) -> Decision {
        change(attempt: closed, takesSequence: wait <= .zero) {
            $0.state = wait <= .zero ? .ready : .suspended(suspension(now.store + wait))
            body(&$0)
        }
    }

    private func finish(
        _ outcome: Outcome, _ attempt: Transition.AttemptChange?, at now: Moment, _ body: (inout Job) -> Void
    ) -> Decision {
        change(attempt: attempt) {
            $0.state = .finished(outcome)
            $0.finished = now.store
            body(&$0)
        }
    }

    private func change(
        attempt: Transition.AttemptChange? = nil, takesSequence: Bool = false, _ body: (inout Job) -> Void
    ) -> Decision {
        var next = self
        body(&next)
        if case .closed(_, let started?, _) = attempt { next.started = next.started ?? started }
        return .change(
            Transition(
                expected: Transition.Guard(id: id, state: state.name, fence: fence), job: next, attempt: attempt,
                takesSequence: takesSequence))
    }
}

extension Lease {
    /// Where a job stands whose attempt ended before its work was done: it waits for its time if that has not come.
    func stateAfterwards(at now: Moment) -> JobState { claimed <= now.store ? .ready : .suspended(.until(claimed)) }

    func with(_ body: (inout Lease) -> Void) -> Lease {
        var next = self
        body(&next)
        return next
    }
}
