import LovageCore
import LovageStore

/// The two keys that let one job stand for another submission.
struct SubmissionKeys: Sendable {
    /// How long an idempotency key holds, counted from the submission that brought it.
    static let window = Duration.seconds(24 * 3600)

    private var idempotent: [IdempotencyName: Idempotency] = [:]
    private var expiries: [(expires: StoreTime, name: IdempotencyName)] = []
    private var forgotten = 0
    private var unique: [JobID: UniqueKey] = [:]
    private var holders: [UniqueKey: JobID] = [:]

    /// The scope of an idempotency key: its kind.
    struct IdempotencyName: Sendable, Hashable {
        let kind: Kind
        let key: String
    }

    /// What an idempotency key stands for. It holds what has to be compared, because the job may be pruned before it.
    struct Idempotency: Sendable {
        let id: JobID
        let queue: QueueName
        let arguments: JSONText
        let expires: StoreTime
    }

    /// What `key` stands for at `now`; nil when it is free.
    func standing(for name: IdempotencyName, at now: StoreTime) -> Idempotency? {
        guard let entry = idempotent[name], entry.expires > now else { return nil }
        return entry
    }

    /// The unfinished job that holds `key`, if any.
    func holder(of key: UniqueKey) -> JobID? { holders[key] }

    /// True when another unfinished job has the unique key of this one, which is over.
    func isTaken(from id: JobID) -> Bool {
        guard let key = unique[id], let holder = holders[key] else { return false }
        return holder != id
    }

    /// Notes the keys of a job that was just inserted.
    mutating func insert(_ job: Job, unique key: UniqueKey?, at now: StoreTime) {
        if let key {
            unique[job.id] = key
            holders[key] = job.id
        }
        let submission = Submission(id: job.id, kind: job.kind, arguments: job.arguments, options: job.options)
        note(submission, standsFor: job.id, at: now)
    }

    /// Remembers which job stands for the submission's idempotency key, if it has one. Also for a submission that was
    /// merged: when its answer is lost and the job it was merged into has ended, the same key must not make another.
    mutating func note(_ submission: Submission, standsFor id: JobID, at now: StoreTime) {
        guard let text = submission.options.idempotencyKey else { return }
        let name = IdempotencyName(kind: submission.kind, key: text)
        let expires = now + Self.window
        idempotent[name] = Idempotency(
            id: id, queue: submission.options.queue, arguments: submission.arguments, expires: expires)
        expiries.append((expires, name))
    }

    /// Frees the unique key of a job that finished, and takes it again for one that was retried.
    mutating func follow(_ old: Job, to job: Job) {
        guard let key = unique[job.id] else { return }
        switch (old.outcome, job.outcome) {
        case (nil, .some): if holders[key] == job.id { holders[key] = nil }
        case (.some, nil): holders[key] = job.id
        case (nil, nil), (.some, .some): break
        }
    }

    /// Forgets what a deleted job held; its idempotency key stays until its window is over.
    mutating func forget(_ id: JobID) { unique[id] = nil }

    /// Drops idempotency keys whose window is over. They expire in the order they came, so the list is a queue.
    mutating func expire(at now: StoreTime, upTo limit: Int) {
        var dropped = 0
        while dropped < limit, forgotten < expiries.count, expiries[forgotten].expires <= now {
            let name = expiries[forgotten].name
            if let entry = idempotent[name], entry.expires <= now { idempotent[name] = nil }
            forgotten += 1
            dropped += 1
        }
        if forgotten > 1_000, forgotten * 2 > expiries.count {
            expiries.removeFirst(forgotten)
            forgotten = 0
        }
    }
}
