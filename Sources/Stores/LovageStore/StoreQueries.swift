public import LovageCore

/// What people and pages ask a store.
public protocol StoreQueries: Sendable {
    /// A job; nil when none was ever submitted with this id, or it is no longer kept.
    func job(_ id: JobID) async throws(StoreError) -> Job?

    /// Every attempt of a job, oldest first.
    func attempts(of id: JobID) async throws(StoreError) -> [Attempt]

    /// Jobs, newest first; of their long parts only those in `whole`, the others are not read. A page may be shorter than
    /// its limit.
    func listing(_ filter: JobFilter, page: PageRequest, whole: JobContents) async throws(StoreError) -> Page<ListedJob>

    /// How many ready jobs of its queue are claimed before this one, by `ClaimRule.goesFirst`. Complexity: O(ready jobs of
    /// the queue), without reading them.
    func ahead(of job: Job) async throws(StoreError) -> Int

    /// The ids of jobs in a range, newest first, at most `limit`: for whoever knows only a part of one.
    func jobIDs(in range: ClosedRange<UUIDv7>, limit: Int) async throws(StoreError) -> [JobID]

    /// Every queue that has settings or jobs, by name.
    func queues() async throws(StoreError) -> [QueueOverview]

    /// One queue's settings; the defaults for a queue nobody has set.
    func settings(of queue: QueueName) async throws(StoreError) -> QueueSettings

    /// Every worker that is alive by its lease, oldest first.
    func workers() async throws(StoreError) -> [WorkerOverview]

    /// Whether the store works and what it promises.
    func health() async -> StoreHealth
}

/// What people change besides jobs.
public protocol StoreControl: Sendable {
    /// Replaces the settings of one queue.
    func set(_ settings: QueueSettings, for queue: QueueName) async throws(StoreError)

    /// Cancels up to `limit` waiting jobs of a queue (ready, blocked, suspended), oldest first, with the reason
    /// `CancelReason.purged`; answers how many.
    func purge(_ queue: QueueName, upTo limit: Int) async throws(StoreError) -> Int

    /// Makes a worker known, with a first lease.
    func register(_ worker: WorkerRecord, lease: Duration) async throws(StoreError)

    /// Forgets a worker; whatever it still holds is lost to it at once.
    func retire(_ worker: WorkerID) async throws(StoreError)
}

extension CancelReason {
    /// What a purge gives as its reason.
    public static let purged = CancelReason.requested("the queue was purged")
}

/// All of a store.
public typealias Store = JobStore & WorkflowStore & StoreQueries & StoreControl & TokenStore

/// Which jobs to list. Conditions are joined by "and".
public struct JobFilter: Sendable, Hashable {
    /// Only this queue.
    public var queue: QueueName?
    /// Only this kind.
    public var kind: Kind?
    /// Only this state.
    public var state: JobState.Name?
    /// Only this outcome.
    public var outcome: Outcome.Name?
    /// Only members of this workflow.
    public var workflow: WorkflowID?
    /// Only jobs whose custom status has this name.
    public var status: String?
    /// Only jobs whose id is this one or a later one: those submitted since its time.
    public var first: UUIDv7?
    /// All jobs.
    public init(
        queue: QueueName? = nil, kind: Kind? = nil, state: JobState.Name? = nil, outcome: Outcome.Name? = nil,
        workflow: WorkflowID? = nil, status: String? = nil, first: UUIDv7? = nil
    ) {
        self.queue = queue
        self.kind = kind
        self.state = state
        self.outcome = outcome
        self.workflow = workflow
        self.status = status
        self.first = first
    }
}

/// A keyset page: those that come after an id in the listing's order.
public struct PageRequest: Sendable, Hashable {
    /// How many at most, from 1 to 1,000.
    public let limit: Int
    /// The last id of the page before; nil for the first page.
    public let after: UUIDv7?
    /// About how many bytes the items may have together; one item is given however large it is. Default 4 MiB.
    public let mostBytes: Int
    /// Makes a request; a limit outside its range is held at the range's ends.
    public init(limit: Int = 50, after: UUIDv7? = nil, mostBytes: Int = 4 << 20) {
        self.limit = min(max(1, limit), 1_000)
        self.after = after
        self.mostBytes = mostBytes
    }
}

/// One page of a listing.
public struct Page<Item: Sendable>: Sendable {
    /// The items in the listing's order.
    public let items: [Item]
    /// What to ask for to get the next page; nil when this is the last.
    public let next: UUIDv7?
    /// Makes a page.
    public init(items: [Item], next: UUIDv7?) {
        self.items = items
        self.next = next
    }
}

extension Page: Equatable where Item: Equatable {}

/// One queue at a glance.
public struct QueueOverview: Sendable, Hashable {
    /// Its name.
    public let name: QueueName
    /// What is set for it.
    public let settings: QueueSettings
    /// How many jobs are ready.
    public let ready: Int
    /// How many are suspended.
    public let suspended: Int
    /// How many are blocked.
    public let blocked: Int
    /// How many run.
    public let running: Int
    /// When the oldest ready job was submitted; nil when none is ready.
    public let oldestReady: StoreTime?
    /// Makes an overview.
    public init(
        name: QueueName, settings: QueueSettings, ready: Int, suspended: Int, blocked: Int, running: Int,
        oldestReady: StoreTime?
    ) {
        self.name = name
        self.settings = settings
        self.ready = ready
        self.suspended = suspended
        self.blocked = blocked
        self.running = running
        self.oldestReady = oldestReady
    }
    /// Jobs that are not over and do not run: what a bound on the queue counts.
    public var waiting: Int { ready + suspended + blocked }
}

/// What a worker says of itself.
public struct WorkerRecord: Sendable, Hashable {
    /// Its name for this life of the process.
    public let id: WorkerID
    /// A name for people, such as `host:pid`.
    public let name: String
    /// What it can run and where from.
    public let offer: ClaimRule.Offer
    /// How many jobs it runs at once.
    public let slots: Int
    /// True for a worker inside the process that owns the store: its leases end when a new owner opens the store.
    public let isLocal: Bool
    /// Makes a record.
    public init(id: WorkerID, name: String, offer: ClaimRule.Offer, slots: Int, isLocal: Bool) {
        self.id = id
        self.name = name
        self.offer = offer
        self.slots = slots
        self.isLocal = isLocal
    }
}

/// A live worker at a glance.
public struct WorkerOverview: Sendable, Hashable {
    /// What it said of itself.
    public let record: WorkerRecord
    /// When it was registered.
    public let since: StoreTime
    /// Until when its leases hold.
    public let leaseEnds: StoreTime
    /// How many jobs it runs.
    public let running: Int
    /// Makes an overview.
    public init(record: WorkerRecord, since: StoreTime, leaseEnds: StoreTime, running: Int) {
        self.record = record
        self.since = since
        self.leaseEnds = leaseEnds
        self.running = running
    }
}

/// Whether a store works and what it promises.
public struct StoreHealth: Sendable, Hashable {
    /// The engine, such as `sqlite` or `memory`.
    public let engine: String
    /// False when submissions would be refused now.
    public let isWritable: Bool
    /// What is wrong, in one sentence; nil when nothing is.
    public let problem: String?
    /// What a crash of the machine may lose, in one sentence; nil when nothing that was answered.
    public let lossWindow: String?
    /// How many reports, publications and renewals were refused since the store was opened, because the attempt they came
    /// from no longer held its job.
    public let staleWrites: Int
    /// Makes a report.
    public init(engine: String, isWritable: Bool, problem: String?, lossWindow: String?, staleWrites: Int) {
        self.engine = engine
        self.isWritable = isWritable
        self.problem = problem
        self.lossWindow = lossWindow
        self.staleWrites = staleWrites
    }
}
