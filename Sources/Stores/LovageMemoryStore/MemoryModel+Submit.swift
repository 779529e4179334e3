public import LovageCore
public import LovageStore

extension MemoryModel {
    /// Inserts jobs; answers in order. Complexity: O(log n) each.
    public mutating func submit(_ submissions: [Submission], at now: Moment) throws(StoreError) -> Effect<
        [SubmitAnswer]
    > {
        try Self.checkClock(now, for: "submit jobs")
        var answers: [SubmitAnswer] = []
        for submission in submissions { answers.append(submit(submission, at: now)) }
        return effect(answers)
    }

    /// A wall clock before 1970 would put wrong times into ids and rows for ever.
    static func checkClock(_ now: Moment, for attempted: String) throws(StoreError) {
        guard now.wall.microseconds >= 0 else {
            throw StoreError(
                .environment, attempted: attempted,
                cause: "this machine's clock reads a time before 1970; set it and try again")
        }
    }

    private mutating func submit(_ submission: Submission, at now: Moment) -> SubmitAnswer {
        let unique = submission.options.uniqueKey(kind: submission.kind, arguments: submission.arguments)
        if let standing = standing(for: submission, unique: unique, at: now) { return standing }
        let queue = submission.options.queue
        if let capacity = settings[queue]?.capacity, (indexes.waiting[queue]?.count ?? 0) >= capacity {
            return .queueFull(capacity: capacity)
        }
        let job = Job(
            id: submission.id, kind: submission.kind, arguments: submission.arguments, options: submission.options,
            definition: submission.definition, submitted: now)
        insert(job)
        keys.note(submission, standsFor: job.id, at: now.store)
        return .created(job.id)
    }

    /// What stands for a submission already: its own id, its idempotency key, or an equal job that is not over.
    private mutating func standing(for submission: Submission, unique: UniqueKey?, at now: Moment) -> SubmitAnswer? {
        if let stored = jobs[submission.id] {
            let difference = submission.difference(from: stored.kind, stored.queue, stored.arguments)
            return difference.map { .keyConflict(stored.id, differs: $0) } ?? .repeated(stored.id)
        }
        if let text = submission.options.idempotencyKey,
            let entry = keys.standing(for: .init(kind: submission.kind, key: text), at: now.store)
        {
            let difference = submission.difference(from: submission.kind, entry.queue, entry.arguments)
            return difference.map { .keyConflict(entry.id, differs: $0) } ?? .repeated(entry.id)
        }
        guard let holder = unique.flatMap({ keys.holder(of: $0) }) else { return nil }
        keys.note(submission, standsFor: holder, at: now.store)
        return .merged(holder)
    }
}
