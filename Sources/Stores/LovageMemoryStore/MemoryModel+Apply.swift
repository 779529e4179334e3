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

    /// Applies one event to one job, and what follows from it for runs and for jobs that it stands for.
    mutating func apply(_ event: JobEvent, to id: JobID, at now: Moment) throws(StoreError) -> ChangeAnswer {
        let answer = try applyAlone(event, to: id, at: now)
        try tellMerged(at: now)
        return answer
    }

    /// Tells the jobs that ended jobs stood for, until nobody is left to be told. A worklist: what they come to may end
    /// others of their runs, for which again others wait.
    mutating func tellMerged(at now: Moment) throws(StoreError) {
        var next = 0
        defer { endedStandIns = [] }
        while next < endedStandIns.count {
            let (standIn, end) = endedStandIns[next]
            next += 1
            for id in indexes.merged[standIn].map({ Array($0.ascending) }) ?? [] {
                _ = try applyAlone(.standInEnded(end), to: id, at: now)
            }
        }
    }

    private mutating func applyAlone(_ said: JobEvent, to id: JobID, at now: Moment) throws(StoreError) -> ChangeAnswer
    {
        guard let old = jobs[id] else { return .unknown }
        var event = said
        if case .retried(_, let version) = said {
            let isHeld = isHeldAgain(old)
            event = .retried(held: isHeld, version: version)
            if !isHeld, keys.rival(of: old) != nil { return .unchanged(old) }
        }
        switch try Self.decide(event, on: old, at: now) {
        case .unchanged: return .unchanged(old)
        case .stale: return .stale
        case .change(let transition):
            write(transition, over: old, because: event, at: now)
            try mergeIfTaken(id, from: old, at: now)
            if let membership = old.membership, let news = Self.news(of: membership, from: old, to: transition.job) {
                try advance(membership.workflow, news, at: now)
            }
            return .changed(jobs[id] ?? transition.job)
        }
    }

    /// Merges a job that has just come to hold a unique key, as far as it goes, if another job has that key.
    mutating func mergeIfTaken(_ id: JobID, from old: Job?, at now: Moment) throws(StoreError) {
        guard let job = jobs[id], job.holdsUniqueKey, old?.holdsUniqueKey != true, let other = keys.rival(of: job)
        else {
            return
        }
        let event = JobEvent.merged(into: other)
        if case .change(let transition) = try Self.decide(event, on: job, at: now) {
            write(transition, over: job, because: event, at: now)
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
        case .claimed, .needsSettled, .blocked, .merged: true
        case .becameDue, .signalled, .startConfirmed, .renewed, .published, .reported, .leaseExpired, .ownerGone,
            .startWindowPassed, .deadlinePassed, .cancelled, .retried, .unblocked, .standInEnded:
            false
        }
    }
}
