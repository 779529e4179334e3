public import LovageCore

/// Where jobs live: the part of the seam that work flows through.
///
/// Every verb takes many and means the same as doing it to each in turn; an engine may need only one round trip for all
/// of them. What an event does to a job is decided by `Job.applying`; a store writes the change guarded by
/// (id, state, fence). An answer is given after the commit that holds the change, never before. Every verb may throw a
/// `StoreError`, after which nothing of the call is stored.
public protocol JobStore: Sendable {
    /// The store's clock and the wall clock, read now.
    func now() -> Moment

    /// True when no lease ends before its worker's signs of life were looked at, however long they wait: this process is
    /// the only one with the store, and its calls count in the order in which they were made. A worker of such a store
    /// need not stop what it runs because the disk is slow. Default: false.
    var keepsLeasesInSilence: Bool { get }

    /// Inserts jobs; answers in order. A refusal of one does not touch the others.
    ///
    /// Idempotency keys hold for 24 hours per kind, also beyond the job's own keeping; uniqueness holds while the older
    /// job is unfinished; a bounded queue that is full refuses. An id that is stored already, with the same kind and
    /// arguments, is `repeated`, so that a submitter whose answer was lost may ask again.
    func submit(_ submissions: [Submission]) async throws(StoreError) -> [SubmitAnswer]

    /// Takes up to `request.limit` ready jobs that `ClaimRule` lets this worker run, best first. Their leases end
    /// `request.lease` from now; what the worker holds already is not renewed.
    ///
    /// With a ticket, a claim that finds nothing waits: it is carried out in the transaction that next makes jobs ready
    /// which it may take, after that transaction's own changes and before those of claims that came later. It answers
    /// nothing only when the ticket was withdrawn.
    ///
    /// A claim that finds nothing ready takes, of the first `ClaimRule.mostLookedAtAhead` jobs that are due next by each
    /// clock, those that are due within `request.ahead` (`ClaimRule.beginning`), in the order of their times. Their lease
    /// says in `claimed` when the attempt may begin, and their start is not recorded yet.
    func claim(_ request: ClaimRequest, waiting ticket: ClaimTicket?) async throws(StoreError) -> [Job]

    /// Applies events to jobs; answers in order. What follows for a workflow is done in the same transaction. A manual
    /// retry of a job for which another unfinished one stands (uniqueness) changes nothing. Whether a retried member of a
    /// workflow is held is the store's to say (`StepRun.endedWithoutRunning`), whatever the event says; which version it
    /// runs is the caller's.
    func apply(_ changes: [JobChange]) async throws(StoreError) -> [ChangeAnswer]

    /// Applies events as `apply` does and then takes ready jobs as `claim` does, in one commit: what a worker reports, and
    /// what it goes on with. Jobs that the events made ready may be among those taken; claims that wait get what is left.
    ///
    /// A store may keep the calling thread until the commit is done, which spares two hand-overs between threads: for
    /// callers on threads of their own.
    func reportAndClaim(_ changes: [JobChange], for request: ClaimRequest) async throws(StoreError) -> NextWork

    /// Says that `worker` is alive: its leases all end `lease` from now. Answers those of `holding` it holds no more.
    ///
    /// A job it holds by the store's account, claimed at least `lease` ago, that `holding` does not name is lost to it:
    /// the answer of that claim never reached the worker, and its other leases must not keep the job for ever.
    func renew(_ worker: WorkerID, lease: Duration, holding: [Hold]) async throws(StoreError) -> [Hold]

    /// Makes up to `limit` suspended jobs ready whose time has come. Claims that wait and look ahead are carried out too.
    func promote(upTo limit: Int) async throws(StoreError) -> Promotion

    /// Ends up to `limit` leases, start windows and deadlines whose time was over when it was called; answers how many. A
    /// renewal that was asked for before counts, whether its answer was given or not.
    func sweep(upTo limit: Int) async throws(StoreError) -> Int

    /// Deletes up to `limit` finished jobs (with their attempts) and workflows that their queue's settings no longer
    /// keep; never a member of an unfinished workflow. The age of a member counts from the end of its run, and a run goes
    /// with the last of its jobs. Answers what was deleted, so that logs can follow.
    func prune(upTo limit: Int) async throws(StoreError) -> [JobID]

    /// Where those who wait for a change are woken.
    var wakeUps: WakeUpHub { get }
}

extension JobStore {
    /// False: other processes may judge the lease meanwhile.
    public var keepsLeasesInSilence: Bool { false }

    /// Takes what is ready now, which may be nothing.
    public func claim(_ request: ClaimRequest) async throws(StoreError) -> [Job] {
        try await claim(request, waiting: nil)
    }
}

/// One job to be inserted.
public struct Submission: Sendable, Hashable {
    /// The name it shall have.
    public var id: JobID
    /// Which handler runs it.
    public var kind: Kind
    /// One JSON value.
    public var arguments: JSONText
    /// Everything else.
    public var options: JobOptions
    /// The version of the command definition it runs; nil for a Swift kind.
    public var definition: Int?

    /// Makes a submission.
    public init(id: JobID, kind: Kind, arguments: JSONText, options: JobOptions = JobOptions(), definition: Int? = nil)
    {
        self.id = id
        self.kind = kind
        self.arguments = arguments
        self.options = options
        self.definition = definition
    }
}

/// What became of a submission.
public enum SubmitAnswer: Sendable, Hashable {
    /// It is stored under its own id.
    case created(JobID)
    /// An earlier job with the same idempotency key and the same arguments (as JSON values), kind and queue stands for it.
    case repeated(JobID)
    /// An unfinished job with the same unique arguments stands for it.
    case merged(JobID)
    /// The idempotency key, or the id, belongs to this earlier job, which is another one in `differs`.
    case keyConflict(JobID, differs: SubmissionPart)
    /// The queue already holds `capacity` waiting jobs.
    case queueFull(capacity: Int)

    /// The job that stands for the submission; nil when it was refused.
    public var id: JobID? {
        switch self {
        case .created(let id), .repeated(let id), .merged(let id): id
        case .keyConflict, .queueFull: nil
        }
    }
}

/// What two submissions that claim to be the same may not differ in; the first of them that differs is named.
public enum SubmissionPart: String, Sendable, Hashable, CaseIterable {
    case kind, queue, arguments
}

extension Submission {
    /// The first thing in which this one differs from a job of `kind`, `queue` and `arguments`; nil when it is the same.
    /// Options that say how it is run do not count, and arguments are compared as JSON values.
    public func difference(from kind: Kind, _ queue: QueueName, _ arguments: JSONText) -> SubmissionPart? {
        if kind != self.kind { return .kind }
        if queue != options.queue { return .queue }
        return options.isSame(arguments, as: self.arguments) ? nil : .arguments
    }
}

/// What a worker asks for.
public struct ClaimRequest: Sendable, Hashable {
    /// Who asks.
    public var worker: WorkerID
    /// The kinds it has handlers for and the queues it takes from, the first one first.
    public var offer: ClaimRule.Offer
    /// How many jobs at most.
    public var limit: Int
    /// How long the leases of the claimed jobs hold from now.
    public var lease: Duration
    /// How many of the claimed jobs, from the first, start at once: their start is recorded with the claim. The others
    /// are read ahead; their start is confirmed when a slot takes them.
    public var starting: Int
    /// How far ahead of their time it takes jobs when none is ready; the worker holds each until its time.
    public var ahead: Duration

    /// Makes a request; unless told otherwise it takes no job ahead of its time.
    public init(
        worker: WorkerID, offer: ClaimRule.Offer, limit: Int, starting: Int, lease: Duration, ahead: Duration = .zero
    ) {
        self.worker = worker
        self.offer = offer
        self.limit = limit
        self.lease = lease
        self.starting = starting
        self.ahead = ahead
    }
}

/// One event for one job.
public struct JobChange: Sendable, Hashable {
    /// Which job.
    public var id: JobID
    /// What happened. Claims, renewals and timers have verbs of their own.
    public var event: JobEvent

    /// Makes a change.
    public init(_ id: JobID, _ event: JobEvent) {
        self.id = id
        self.event = event
    }
}

/// What became of a change.
public enum ChangeAnswer: Sendable, Hashable {
    /// It is stored; the job as it is now.
    case changed(Job)
    /// There was nothing to do; the job as it is.
    case unchanged(Job)
    /// The event came from an attempt that no longer holds the job.
    case stale
    /// No job has this id.
    case unknown
}

/// What a worker gets for what it reported.
public struct NextWork: Sendable, Hashable {
    /// What became of each change, in order.
    public var answers: [ChangeAnswer]
    /// The jobs it goes on with.
    public var jobs: [Job]
    /// Makes one.
    public init(answers: [ChangeAnswer], jobs: [Job]) {
        self.answers = answers
        self.jobs = jobs
    }
}

/// One attempt's hold on a job, as its worker knows it.
public struct Hold: Sendable, Hashable {
    /// The job.
    public let id: JobID
    /// The fence of the attempt.
    public let fence: Int64
    /// Makes a hold.
    public init(id: JobID, fence: Int64) {
        self.id = id
        self.fence = fence
    }
}

/// What a promotion did.
public struct Promotion: Sendable, Hashable {
    /// How many jobs became ready.
    public let promoted: Int
    /// When the next one is due by the store's clock, nil when none waits for it.
    public let nextStoreTime: StoreTime?
    /// When the next one is due by the wall clock, nil when none waits for it.
    public let nextWallTime: WallTime?
    /// Makes an answer.
    public init(promoted: Int, nextStoreTime: StoreTime?, nextWallTime: WallTime?) {
        self.promoted = promoted
        self.nextStoreTime = nextStoreTime
        self.nextWallTime = nextWallTime
    }
}
