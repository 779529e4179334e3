/// Everything a submitter may say about a job besides its kind and arguments.
public struct JobOptions: Sendable, Hashable {
    /// The line it stands in.
    public var queue: QueueName
    /// Strict inside its queue: a higher one goes first. Default 0.
    public var priority: Int8
    /// When it may start at the earliest. Default: at once.
    public var start: Start
    /// How long after its submission the first attempt may still start; later the job ends `expired`. Default: for ever.
    public var startWithin: Duration?
    /// How long queueing, running and retrying may take together; later the job fails with `deadline`. Default: for ever.
    public var deadline: Duration?
    /// How long one attempt may run before it is asked to stop. Default: for ever.
    public var softLimit: Duration?
    /// How long one attempt may run before it is made to stop. Default: for ever.
    public var hardLimit: Duration?
    /// What follows a failed attempt. Default: nothing.
    public var retry: RetryPolicy
    /// How many attempts may be lost after their start before the job is quarantined. Default 3.
    public var crashLimit: Int
    /// How many attempts may be lost before their start before the job is quarantined. Default 10.
    public var unstartedLimit: Int
    /// Submissions of the same kind with the same key within 24 hours are one job.
    public var idempotencyKey: String?
    /// Keeps jobs with equal arguments from standing beside each other while unfinished. Arguments are equal as JSON values,
    /// however they are written.
    public var unique: Uniqueness?
    /// What arguments are that are left out or null, one object; only for comparing them. Default: nothing.
    public var argumentDefaults: JSONText?

    /// When a job may start at the earliest.
    public enum Start: Sendable, Hashable {
        /// At once.
        case immediately
        /// This long after its submission, by the store's clock.
        case after(Duration)
        /// At a moment of civil time.
        case at(WallTime)
    }

    /// Which arguments make two unfinished jobs of one kind the same job.
    public enum Uniqueness: Sendable, Hashable {
        /// All of them.
        case allArguments
        /// These top-level members of the arguments object; a missing one counts as null.
        case members([String])
    }

    /// Makes options; whatever is left out has the default its property names.
    public init(
        queue: QueueName = .default, priority: Int8 = 0, start: Start = .immediately, startWithin: Duration? = nil,
        deadline: Duration? = nil, softLimit: Duration? = nil, hardLimit: Duration? = nil,
        retry: RetryPolicy = .none, crashLimit: Int = 3, unstartedLimit: Int = 10, idempotencyKey: String? = nil,
        unique: Uniqueness? = nil, argumentDefaults: JSONText? = nil
    ) {
        self.queue = queue
        self.priority = priority
        self.start = start
        self.startWithin = startWithin
        self.deadline = deadline
        self.softLimit = softLimit
        self.hardLimit = hardLimit
        self.retry = retry
        self.crashLimit = crashLimit
        self.unstartedLimit = unstartedLimit
        self.idempotencyKey = idempotencyKey
        self.unique = unique
        self.argumentDefaults = argumentDefaults
    }
}
