#if SQLite
import LovageCore
import LovageStore

extension WriteTransaction {
    /// Inserts jobs; answers in order.
    func submit(_ submissions: [Submission]) throws -> [SubmitAnswer] {
        try checkClock("submit jobs")
        marks.add("submit")
        // Of several, the best may be the last.
        return try submissions.map { try submit($0, mayBeTaken: submissions.count == 1) }
    }

    /// A wall clock before 1970 would put wrong times into ids and rows for ever.
    func checkClock(_ attempted: String) throws {
        guard now.wall.microseconds >= 0 else {
            throw StoreError(
                .environment, attempted: attempted,
                cause: "this machine's clock reads a time before 1970; set it and try again")
        }
    }

    private static let insertKey = SQL(
        """
        INSERT OR REPLACE INTO submission_keys (kind, key, job, queue, arguments, expires) VALUES (?, ?, ?, ?, ?, ?)
        """)
    private static let selectKey = SQL(
        "SELECT job, queue, arguments FROM submission_keys WHERE kind = ? AND key = ? AND expires > ?")
    private static let selectHolders = SQL(
        "SELECT \(JobColumns.list) FROM jobs WHERE unique_hash = ? AND unique_hash IS NOT NULL AND state < 4 ORDER BY id"
    )

    /// How long an idempotency key holds, counted from the submission that brought it.
    private static let keyWindow = Duration.seconds(24 * 3_600)

    private func submit(_ submission: Submission, mayBeTaken: Bool) throws -> SubmitAnswer {
        let queue = ledger[submission.options.queue]
        if submission.isPlain, queue.settings.capacity == nil {
            // Nothing but its id can have been here before, and the insertion finds that out by itself.
            let job = job(of: submission)
            let taker = mayBeTaken ? taker(of: job) : nil
            if try taker.map({ try insertUnlessKnown(job, takenBy: $0) }) ?? insertUnlessKnown(job) {
                return .created(submission.id)
            }
        }
        let unique = submission.options.uniqueKey(kind: submission.kind, arguments: submission.arguments)
        if let standing = try standing(for: submission, unique: unique) { return standing }
        if let capacity = queue.settings.capacity, queue.counts.waiting >= capacity {
            return .queueFull(capacity: capacity)
        }
        try insert(job(of: submission))
        try note(submission, standsFor: submission.id)
        return .created(submission.id)
    }

    private func job(of submission: Submission) -> Job {
        Job(
            id: submission.id, kind: submission.kind, arguments: submission.arguments, options: submission.options,
            definition: submission.definition, submitted: now)
    }

    /// Remembers which job stands for the submission's idempotency key, if it has one. Also for a submission that was
    /// merged: when its answer is lost and the job it was merged into has ended, the same key must not make another.
    private func note(_ submission: Submission, standsFor id: JobID) throws {
        guard let key = submission.options.idempotencyKey else { return }
        try connection.statement(Self.insertKey)
            .bind(submission.kind.text).bind(key).bind(id.uuid).bind(submission.options.queue.text)
            .bind(submission.arguments).bind(now.store + Self.keyWindow).run()
    }

    /// What stands for a submission already: its own id, its idempotency key, or an equal job that is not over.
    private func standing(for submission: Submission, unique: UniqueKey?) throws -> SubmitAnswer? {
        if let stored = try rows.job(submission.id)?.job {
            let difference = submission.difference(from: stored.kind, stored.queue, stored.arguments)
            return difference.map { .keyConflict(stored.id, differs: $0) } ?? .repeated(stored.id)
        }
        if let key = submission.options.idempotencyKey, let answer = try standing(for: submission, key: key) {
            return answer
        }
        guard let holder = try unique.flatMap({ try holder(of: $0) }) else { return nil }
        try note(submission, standsFor: holder)
        return .merged(holder)
    }

    private func standing(for submission: Submission, key: String) throws -> SubmitAnswer? {
        try connection.statement(Self.selectKey).bind(submission.kind.text).bind(key).bind(now.store).first { row in
            let id = JobID(try row.uuid(0))
            let queue = QueueName(trusted: row.text(1))
            let difference = submission.difference(from: submission.kind, queue, row.json(2))
            return difference.map { .keyConflict(id, differs: $0) } ?? .repeated(id)
        }
    }

    /// The unfinished job that holds `key`, if any. The index has only a hash, so the key itself is compared.
    private func holder(of key: UniqueKey) throws -> JobID? { try holders(of: key).first }

    /// The other unfinished job that has the unique key of this one, if any.
    func rival(of job: Job) throws -> JobID? {
        guard let key = job.uniqueKey else { return nil }
        return try holders(of: key).first { $0 != job.id }
    }

    private func holders(of key: UniqueKey) throws -> [JobID] {
        try connection.statement(Self.selectHolders).bind(key.hash64).all(rows.jobs.read)
            .filter { $0.job.holdsUniqueKey && $0.job.uniqueKey == key }.map(\.job.id)
    }
}

extension Submission {
    /// True when no earlier job can stand for it, unless it is the same submission.
    fileprivate var isPlain: Bool { options.idempotencyKey == nil && options.unique == nil }
}

extension UniqueKey {
    /// FNV-1a over the kind and the key's bytes: the same in every file and on every machine.
    var hash64: Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in kind.text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        for byte in [0] + bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int64(bitPattern: hash)
    }
}
#endif
