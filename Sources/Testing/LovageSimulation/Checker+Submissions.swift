import LovageCore
import LovageMemoryStore
import LovageStore

extension Checker {
    /// What each submission must be answered, worked out one after the other before the store is asked.
    mutating func submitted(
        _ submissions: [Submission], _ answers: [SubmitAnswer], in model: MemoryModel, at now: Moment,
        seen: inout Set<Sometimes>
    ) throws(Violation) {
        var created: [JobID: Submission] = [:]
        for (submission, answer) in zip(submissions, answers) {
            note(answer, &seen)
            let expected = expectation(of: submission, after: created)
            if answer != expected {
                throw Violation(broken(expected, answer), "\(submission.id): \(answer) instead of \(expected)")
            }
            if case .created(let id) = answer {
                created[id] = submission
                try checkBeginning(of: submission, model.job(id), at: now)
            }
            guard let key = submission.options.idempotencyKey, let id = answer.id, keys[key] == nil else { continue }
            keys[key] = KnownKey(
                id: id, arguments: submission.arguments, queue: submission.options.queue, submitted: now.store)
        }
    }

    private func note(_ answer: SubmitAnswer, _ seen: inout Set<Sometimes>) {
        switch answer {
        case .repeated: seen.insert(.repeatedKey)
        case .merged: seen.insert(.merged)
        case .keyConflict: seen.insert(.keyConflict)
        case .queueFull: seen.insert(.queueFull)
        case .created: break
        }
    }

    private func expectation(of submission: Submission, after created: [JobID: Submission]) -> SubmitAnswer {
        let (arguments, queue) = (submission.arguments, submission.options.queue)
        func same(_ id: JobID, as known: (arguments: JSONText, queue: QueueName)) -> SubmitAnswer {
            if known.queue != queue { return .keyConflict(id, differs: .queue) }
            return known.arguments == arguments ? .repeated(id) : .keyConflict(id, differs: .arguments)
        }
        if let known = current[submission.id] { return same(known.id, as: (known.arguments, known.queue)) }
        if created[submission.id] != nil { return .repeated(submission.id) }
        if let known = submission.options.idempotencyKey.flatMap({ keys[$0] }) {
            return same(known.id, as: (known.arguments, known.queue))
        }
        if submission.options.unique != nil, let id = holder(like: submission, after: created) { return .merged(id) }
        guard plan.bounded, queue == "default" else { return .created(submission.id) }
        let waiting =
            current.values.count { $0.queue == queue && $0.isInLine }
            + created.values.count { $0.options.queue == queue }
        return waiting >= Plan.capacity ? .queueFull(capacity: Plan.capacity) : .created(submission.id)
    }

    /// The unfinished job that is equal to a submission by its unique arguments.
    private func holder(like submission: Submission, after created: [JobID: Submission]) -> JobID? {
        let stored = current.values.first {
            $0.standsAlone && $0.kind == submission.kind && $0.arguments == submission.arguments
        }
        let new = created.values.first { $0.options.unique != nil && $0.arguments == submission.arguments }
        return stored?.id ?? new?.id
    }

    private func broken(_ expected: SubmitAnswer, _ answer: SubmitAnswer) -> Invariant {
        switch (expected, answer) {
        case (.queueFull, _), (_, .queueFull): .boundHolds
        case (.merged, _), (_, .merged): .uniqueIsUnique
        case (.created, _), (.repeated, _), (.keyConflict, _): .oneKeyOneJob
        }
    }

    private func checkBeginning(of submission: Submission, _ job: Job?, at now: Moment) throws(Violation) {
        let state: JobState
        switch submission.options.start {
        case .immediately: state = .ready
        case .after(let delay): state = delay > .zero ? .suspended(.until(now.store + delay)) : .ready
        case .at(let due): state = due > now.wall ? .suspended(.at(due)) : .ready
        }
        guard let job else { throw Violation(.acknowledgedIsKept, "\(submission.id) is not there") }
        var options = submission.options
        options.idempotencyKey = job.options.idempotencyKey
        if job.kind != submission.kind || job.arguments != submission.arguments || job.options != options {
            throw Violation(.acknowledgedIsKept, "\(job.id) is not what was submitted")
        }
        if job.state != state {
            throw Violation(.notBeforeItsTime, "\(job.id) begins as \(job.state), not as \(state)")
        }
    }

    mutating func acknowledged(_ id: JobID, for submission: Submission) throws(Violation) {
        acknowledgedJobs.insert(id)
        guard let key = submission.options.idempotencyKey else { return }
        if let known = acknowledgedKeys[key], known != id {
            throw Violation(.oneKeyOneJob, "\(key): \(known) and \(id)")
        }
        acknowledgedKeys[key] = id
    }
}
