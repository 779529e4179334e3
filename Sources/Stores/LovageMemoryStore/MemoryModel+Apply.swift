public import LovageCore
public import LovageStore
import LovageWorkflow

extension MemoryModel {
    /// Applies events to jobs, each with all that follows from it for a workflow; answers in order.
    public mutating func apply(_ changes: [JobChange], at now: Moment) throws(StoreError) -> Effect<[ChangeAnswer]> {
        // Only events that the lifecycle may refuse need a way back, and nobody sends those in numbers.
        let before = changes.contains { $0.event.mayBeIllegal } ? self : nil
        do throws(StoreError) {
            var answers: [ChangeAnswer] = []
            for change in changes { answers.append(try apply(change.event, to: change.id, at: now)) }
            return effect(answers)
        } catch {
            if let before { self = before }
            throw error
        }
    }

    /// Applies one event to one job, and what follows from it.
    mutating func apply(_ said: JobEvent, to id: JobID, at now: Moment) throws(StoreError) -> ChangeAnswer {
        guard let old = jobs[id] else { return .unknown }
        var event = said
        if case .retried = said {
            if keys.isTaken(from: id) { return .unchanged(old) }
            event = retry(of: old)
        }
        switch try Self.decide(event, on: old, at: now) {
        case .unchanged: return .unchanged(old)
        case .stale: return .stale
        case .change(let transition):
            write(transition, over: old, because: event, at: now)
            if let membership = old.membership, let news = Self.news(of: membership, from: old, to: transition.job) {
                try advance(membership.workflow, news, at: now)
            }
            return .changed(jobs[id] ?? transition.job)
        }
    }

    static func decide(_ event: JobEvent, on job: Job, at now: Moment) throws(StoreError) -> Decision {
        do {
            return try job.applying(event, at: now)
        } catch {
            throw StoreError(.bug, attempted: "apply an event to job \(job.id)", cause: error.description)
        }
    }

    /// What a change of a member means to its run, if anything.
    static func news(of membership: Job.Membership, from old: Job, to job: Job) -> WorkflowEvent? {
        switch (old.outcome, job.outcome) {
        case (nil, let outcome?): .memberFinished(step: membership.step, outcome: outcome)
        case (let outcome?, nil): .memberRetried(step: membership.step, outcome: outcome)
        case (nil, nil), (.some, .some): nil
        }
    }
}

extension JobEvent {
    /// True for an event that has a verb of its own, or none yet, and that the lifecycle refuses in some states.
    fileprivate var mayBeIllegal: Bool {
        switch self {
        case .claimed, .needsSettled, .blocked: true
        case .becameDue, .signalled, .startConfirmed, .renewed, .published, .reported, .leaseExpired, .ownerGone,
            .startWindowPassed, .deadlinePassed, .cancelled, .retried, .unblocked:
            false
        }
    }
}
