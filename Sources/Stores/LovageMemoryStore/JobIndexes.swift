import LovageCore

/// Every order in which jobs are looked up, kept equal to the jobs by `MemoryModel.place`.
struct JobIndexes: Sendable {
    /// All jobs by id, which is by age.
    var all = SortedSet<JobID>()
    /// What a claim looks through, best first.
    var ready: [QueueName: SortedSet<ReadyKey>] = [:]
    /// Unfinished jobs that do not run, by age: what a purge takes and a bound counts.
    var waiting: [QueueName: SortedSet<JobID>] = [:]
    /// Finished jobs, the first to end first: what retention takes.
    var finished: [QueueName: SortedSet<TimeKey>] = [:]
    /// What each worker holds.
    var held: [WorkerID: SortedSet<JobID>] = [:]
    /// Suspended until a moment of the store's clock.
    var dueByStore = SortedSet<TimeKey>()
    /// Suspended until a moment of the wall clock.
    var dueByWall = SortedSet<TimeKey>()
    /// When leases end.
    var leases = SortedSet<TimeKey>()
    /// When waiting jobs must have started.
    var startWindows = SortedSet<TimeKey>()
    /// When unfinished jobs must have ended.
    var deadlines = SortedSet<TimeKey>()
    /// Merged jobs by the job that stands for them.
    var merged: [JobID: SortedSet<JobID>] = [:]
    /// How many jobs of each state a queue has.
    var counts: [QueueName: [JobState.Name: Int]] = [:]

    /// A place in a queue: the same order as `ClaimRule.goesFirst`.
    struct ReadyKey: Sendable, Comparable {
        let priority: Int8
        let sequence: Int64
        let id: JobID
        /// Not part of the order; saves looking up the jobs of kinds nobody asked for.
        let kind: Kind

        init(_ job: Job) {
            priority = job.options.priority
            sequence = job.sequence
            id = job.id
            kind = job.kind
        }

        static func < (left: Self, right: Self) -> Bool {
            if left.priority != right.priority { return left.priority > right.priority }
            if left.sequence != right.sequence { return left.sequence < right.sequence }
            return left.id < right.id
        }
    }

    /// A moment at which something is due for a job.
    struct TimeKey: Sendable, Comparable {
        let microseconds: Int64
        let id: JobID

        static func < (left: Self, right: Self) -> Bool {
            (left.microseconds, left.id) < (right.microseconds, right.id)
        }
    }

    mutating func insert(_ job: Job) {
        all.insert(job.id)
        update(job) { $0.insert($1) }
        counts[job.queue, default: [:]][job.state.name, default: 0] += 1
        if job.isWaiting { waiting[job.queue, default: SortedSet()].insert(job.id) }
        switch job.state {
        case .ready: ready[job.queue, default: SortedSet()].insert(ReadyKey(job))
        case .running(let lease): held[lease.worker, default: SortedSet()].insert(job.id)
        case .finished:
            finished[job.queue, default: SortedSet()].insert(Self.finishedKey(job))
        case .suspended(.merged):
            if let other = job.standIn { merged[other, default: SortedSet()].insert(job.id) }
        case .suspended, .blocked: break
        }
    }

    /// Takes `old` out and puts `new`, which has the same id, in its place.
    mutating func replace(_ old: Job, with new: Job) {
        takeOut(old)
        insert(new)
    }

    /// Takes a job out for good.
    mutating func remove(_ job: Job) {
        all.remove(job.id)
        takeOut(job)
    }

    private mutating func takeOut(_ job: Job) {
        update(job) { $0.remove($1) }
        counts[job.queue, default: [:]][job.state.name, default: 0] -= 1
        if job.isWaiting { waiting[job.queue]?.remove(job.id) }
        switch job.state {
        case .ready: ready[job.queue]?.remove(ReadyKey(job))
        case .running(let lease):
            held[lease.worker]?.remove(job.id)
            if held[lease.worker]?.isEmpty == true { held[lease.worker] = nil }
        case .finished: finished[job.queue]?.remove(Self.finishedKey(job))
        case .suspended(.merged):
            guard let other = job.standIn else { break }
            merged[other]?.remove(job.id)
            if merged[other]?.isEmpty == true { merged[other] = nil }
        case .suspended, .blocked: break
        }
    }

    func count(_ state: JobState.Name, in queue: QueueName) -> Int { counts[queue]?[state] ?? 0 }

    /// Up to `limit` jobs whose moment in `index` is not after `now`, the earliest first.
    static func due(_ index: SortedSet<TimeKey>, at now: Int64, upTo limit: Int) -> [JobID] {
        index.ascending.lazy.prefix(max(0, limit)).prefix { $0.microseconds <= now }.map(\.id)
    }

    static func finishedKey(_ job: Job) -> TimeKey {
        TimeKey(microseconds: job.finished?.microseconds ?? 0, id: job.id)
    }

    /// Changes the time indexes by whatever moments this job has.
    private mutating func update(_ job: Job, _ change: (inout SortedSet<TimeKey>, TimeKey) -> Void) {
        func key(_ microseconds: Int64) -> TimeKey { TimeKey(microseconds: microseconds, id: job.id) }
        switch job.state {
        case .suspended(.until(let due)), .suspended(.retry(let due)): change(&dueByStore, key(due.microseconds))
        case .suspended(.at(let due)): change(&dueByWall, key(due.microseconds))
        case .running(let lease): change(&leases, key(lease.expires.microseconds))
        case .suspended(.needs), .suspended(.signal), .suspended(.merged), .ready, .blocked, .finished: break
        }
        if job.isWaiting, let startBy = job.startBy { change(&startWindows, key(startBy.microseconds)) }
        if job.state.name != .finished, let deadline = job.deadline { change(&deadlines, key(deadline.microseconds)) }
    }
}

extension Job {
    /// True for a job that is not over and does not run: what a bound on its queue counts.
    var isWaiting: Bool {
        switch state {
        case .suspended, .ready, .blocked: true
        case .running, .finished: false
        }
    }
}
