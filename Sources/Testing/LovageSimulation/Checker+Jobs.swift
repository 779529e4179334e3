import LovageCore
import LovageMemoryStore
import LovageStore

extension Checker {
    // MARK: What can be said of one job and its attempts

    func check(_ job: Job, _ model: MemoryModel) throws(Violation) {
        if let broken = job.brokenInvariant { throw Violation(.jobIsSound, "\(job.id): \(broken)") }
        let attempts = model.attempts(of: job.id)
        let open = attempts.count { $0.end == nil }
        let isRunning = job.state.name == .running
        if attempts.map(\.number) != Array(1..<(job.attempts + 1)) || open != (isRunning ? 1 : 0) {
            throw Violation(.attemptsAreSound, "\(job.id): \(attempts.count) of \(job.attempts), \(open) open")
        }
        if Set(attempts.map(\.fence)).count != attempts.count {
            throw Violation(.fenceGrows, "\(job.id): a fence twice")
        }
        for attempt in attempts { try check(attempt, of: job) }
        let present = attempts.filter { $0.generation == job.generation }
        try checkBudgets(job, present)
        if job.state == .suspended(.merged) { try checkMerged(job, model) }
        let successes = present.count { $0.end?.name == .succeeded }
        let needed = job.standIn == nil ? 1 : 0
        if job.outcome == .succeeded, successes != needed { throw Violation(.successHasStart, "\(job.id)") }
    }

    private func check(_ attempt: Attempt, of job: Job) throws(Violation) {
        guard let end = attempt.end else { return }
        if attempt.ended == nil { throw Violation(.attemptsAreSound, "\(job.id): an end without a time") }
        if end.isFromOutside, job.fence <= attempt.fence {
            throw Violation(.fenceGrows, "\(job.id): attempt \(attempt.number) was ended and its fence lives")
        }
        if case .lost(let started) = end, started != (attempt.started != nil) {
            throw Violation(.budgetsHold, "\(job.id): attempt \(attempt.number) was lost as started: \(started)")
        }
    }

    /// The budgets equal what the attempts of this generation say, and end the job when they are used up.
    private func checkBudgets(_ job: Job, _ attempts: [Attempt]) throws(Violation) {
        var used = Job.Budgets()
        for attempt in attempts {
            switch attempt.end?.name {
            case .failed, .timedOut: used.failed += 1
            case .lost: used.crashed += 1
            case .lostUnstarted: used.unstarted += 1
            case .succeeded, .skipped, .snoozed, .handedBack, .cancelled, .deadlinePassed, nil: break
            }
        }
        if job.used != used { throw Violation(.budgetsHold, "\(job.id): \(job.used), and its attempts say \(used)") }
        if job.started != attempts.lazy.compactMap(\.started).first {
            throw Violation(.budgetsHold, "\(job.id) started at \(job.started.map(\.microseconds) ?? 0)")
        }
        let isCrashed = used.crashed >= max(1, job.options.crashLimit)
        let isUnstarted = used.unstarted >= max(1, job.options.unstartedLimit)
        if job.outcome == nil, isCrashed || isUnstarted { throw Violation(.budgetsHold, "\(job.id) goes on: \(used)") }
        guard job.standIn == nil else { return }
        if job.outcome == .failed(.quarantined), !isCrashed { throw Violation(.budgetsHold, "\(job.id): \(used)") }
        if job.outcome == .failed(.neverStarted), !isUnstarted { throw Violation(.budgetsHold, "\(job.id): \(used)") }
    }

    private func checkMerged(_ job: Job, _ model: MemoryModel) throws(Violation) {
        guard job.membership != nil else { throw Violation(.mergedIsStoodFor, "\(job.id) is no member") }
        guard let other = job.standIn.flatMap(model.job), other.standsAlone, other.equality == job.equality else {
            throw Violation(.mergedIsStoodFor, "\(job.id) by \(job.standIn.map(\.description) ?? "none")")
        }
    }

    /// What a job that stood for another came to, that one came to as well, unless it was called off by itself.
    func checkStoodFor(_ job: Job, _ model: MemoryModel) throws(Violation) {
        guard let outcome = job.outcome, let other = job.standIn.flatMap(model.job), outcome.name != .cancelled,
            other.generation == 1, let end = other.outcome
        else { return }
        if end != outcome || other.result != job.result {
            throw Violation(.mergedIsStoodFor, "\(job.id) ended \(outcome), and \(other.id) \(end)")
        }
    }
}
