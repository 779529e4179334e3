#if SQLite
import LovageCore
import LovageStore
import LovageWorkflow

extension WriteTransaction {
    /// Applies events to jobs, each with all that follows from it for a workflow; answers in order.
    func apply(_ changes: [JobChange]) throws -> [ChangeAnswer] {
        try changes.map { try apply($0.event, to: $0.id) }
    }

    /// Applies one event to one job, and what follows from it for runs and for jobs that it stands for.
    func apply(_ event: JobEvent, to id: JobID) throws -> ChangeAnswer {
        if event.isOfAttempt, let stored = claimed[id] { return try apply(event, to: stored) }
        guard let stored = try rows.job(id) else { return .unknown }
        var event = event
        if case .retried(_, let version) = event {
            let isHeld = try isHeldAgain(stored.job)
            event = .retried(held: isHeld, version: version)
            if !isHeld, try rival(of: stored.job) != nil { return .unchanged(stored.job) }
        }
        return try apply(event, to: stored)
    }

    /// The same for a job that was just read.
    func apply(_ event: JobEvent, to stored: JobRow) throws -> ChangeAnswer {
        let answer = try applyAlone(event, to: stored)
        try tellMerged()
        return answer
    }

    private static let mergedInto = SQL(
        "SELECT \(JobColumns.list) FROM jobs WHERE stand_in = ? AND stand_in IS NOT NULL AND state = 0 ORDER BY id")

    /// Tells the jobs that ended jobs stood for, until nobody is left to be told. A worklist: what they come to may end
    /// others of their runs, for which again others wait.
    func tellMerged() throws {
        var next = 0
        defer { endedStandIns = [] }
        while next < endedStandIns.count {
            let (standIn, end) = endedStandIns[next]
            next += 1
            for stored in try connection.statement(Self.mergedInto).bind(standIn.uuid).all(rows.jobs.read) {
                guard let fresh = try rows.job(row: stored.row) else { continue }
                _ = try applyAlone(.standInEnded(end), to: fresh)
            }
        }
    }

    private func applyAlone(_ event: JobEvent, to stored: JobRow) throws -> ChangeAnswer {
        switch try decide(event, on: stored.job) {
        case .unchanged: return .unchanged(stored.job)
        case .stale: return .stale
        case .change(let transition):
            let job = try mergeIfTaken(try write(transition, over: stored, because: event), from: stored.job)
            marks.add(Self.mark(of: event, on: job))
            guard let membership = job.membership, let news = Self.news(of: membership, from: stored.job, to: job)
            else { return .changed(job) }
            CrashPoint.pass("fan_in.after_member")
            try advance(membership.workflow, [news])
            return .changed(try rows.job(row: stored.row)?.job ?? job)
        }
    }

    /// Merges a job that has just come to hold a unique key, as far as it goes, if another job has that key; answers the
    /// job as it is then.
    func mergeIfTaken(_ job: Job, from old: Job?) throws -> Job {
        guard job.holdsUniqueKey, old?.holdsUniqueKey != true, let other = try rival(of: job),
            let stored = try rows.job(job.id)
        else { return job }
        let event = JobEvent.merged(into: other)
        guard case .change(let transition) = try decide(event, on: stored.job) else { return job }
        return try write(transition, over: stored, because: event)
    }

    func decide(_ event: JobEvent, on job: Job) throws -> Decision {
        do {
            return try job.applying(event, at: now)
        } catch {
            throw StoreError(.bug, attempted: "apply an event to job \(job.id)", cause: error.description)
        }
    }

    /// What a change of a member means to its run, if anything.
    private static func news(of membership: Job.Membership, from old: Job, to job: Job) -> WorkflowEvent? {
        switch (old.outcome, job.outcome) {
        case (nil, let outcome?): .memberFinished(step: membership.step, outcome: outcome)
        case (let outcome?, nil): .memberRetried(step: membership.step, outcome: outcome)
        case (nil, nil), (.some, .some): nil
        }
    }

    /// What an event that changed a job is called among the crash points, if it is one of them.
    private static func mark(of event: JobEvent, on job: Job) -> StaticString? {
        switch event {
        case .claimed: "claim"
        case .reported: job.outcome == .succeeded ? "complete" : job.outcome == nil ? "retry" : "fail"
        case .becameDue: "promote"
        case .leaseExpired, .startWindowPassed, .deadlinePassed: "sweep"
        case .ownerGone: "retire"
        case .cancelled(.purged): "purge"
        case .cancelled: "cancel"
        case .retried: "retry_by_hand"
        case .startConfirmed, .needsSettled, .merged, .standInEnded, .signalled, .renewed, .published, .blocked,
            .unblocked:
            nil
        }
    }

    /// True for a member whose step ended before the job could run, when somebody asks for it again: it has no arguments
    /// yet, so that it is held, and the machine decides the step anew.
    private func isHeldAgain(_ job: Job) throws -> Bool {
        guard let membership = job.membership, job.outcome?.isRetryableByItself == true else { return false }
        let step = try entry(membership.workflow)?.run.steps.first { $0.name == membership.step }
        return step?.endedWithoutRunning == true
    }
}

extension JobEvent {
    /// True for what an attempt says under its fence.
    fileprivate var isOfAttempt: Bool {
        switch self {
        case .startConfirmed, .published, .reported: true
        case .becameDue, .needsSettled, .merged, .standInEnded, .signalled, .claimed, .renewed, .startWindowPassed,
            .deadlinePassed, .leaseExpired, .ownerGone, .cancelled, .retried, .blocked, .unblocked:
            false
        }
    }
}
#endif
