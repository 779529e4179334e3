import LovageCore
import LovageStore

/// The two keys that let one job stand for another submission.
struct SubmissionKeys: Sendable {
    /// How long an idempotency key holds, counted from the submission that brought it.
    static let window = Duration.seconds(24 * 3600)

    private var idempotent: [IdempotencyName: Idempotency] = [:]
    private var expiries: [(expires: StoreTime, name: IdempotencyName)] = []
    private var forgotten = 0
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

    /// The other unfinished job that has the unique key of this one, if any.
    func rival(of job: Job) -> JobID? {
        guard let key = job.uniqueKey, let holder = holders[key], holder != job.id else { return nil }
        return holder
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

    /// Lets a job take its unique key, unless another has it, or frees it, as the job comes to hold it or no longer does.
    mutating func follow(_ old: Job?, to job: Job) {
        let held = old?.holdsUniqueKey ?? false
        guard held != job.holdsUniqueKey, let key = job.uniqueKey else { return }
        if held {
            if holders[key] == job.id { holders[key] = nil }
        } else if holders[key] == nil {
            holders[key] = job.id
        }
    }

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
