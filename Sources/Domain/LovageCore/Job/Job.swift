/// One unit of work, from submission to its end.
public struct Job: Sendable, Hashable {
    /// Its name for ever.
    public let id: JobID
    /// Which handler runs it.
    public let kind: Kind
    /// One JSON value, its bytes as sent. A workflow's step gets it when its needs are met.
    public var arguments: JSONText
    /// What its submitter said besides.
    public internal(set) var options: JobOptions
    /// The version of the command definition it runs; nil for a Swift kind. Only a retry by hand gives it another one.
    public internal(set) var definition: Int?
    /// When it was submitted.
    public let submitted: Moment
    /// The workflow it is a step of, if any.
    public let membership: Membership?

    /// Where it stands.
    public var state: JobState
    /// Raised by every claim and by whatever ends an attempt from outside; never lowered.
    public var fence: Int64
    /// 1, plus one for every manual retry.
    public var generation: Int
    /// How often it was claimed, over all generations.
    public var attempts: Int
    /// Its place in the queue among equal priorities; taken when it became ready, kept by a hand-back.
    public var sequence: Int64
    /// What this generation has used of its three budgets.
    public var used: Budgets
    /// How far its handler says it is.
    public var progress: Progress?
    /// What its handler says it is doing.
    public var status: Status?
    /// The result of the attempt that succeeded.
    public var result: JSONText?
    /// What went wrong last.
    public var failure: Failure?
    /// When the first attempt of this generation started.
    public var started: StoreTime?
    /// When this generation ended.
    public var finished: StoreTime?
    /// The job with the same unique key that stands, or stood, for this one in this generation; nil for a job that runs
    /// by itself. Only members of workflows are merged so: any other submission is answered with the job that stands.
    public var standIn: JobID?

    /// What a generation has used, against `retries`, `crashLimit` and `unstartedLimit`.
    public struct Budgets: Sendable, Hashable {
        /// Attempts that failed or timed out.
        public var failed = 0
        /// Attempts lost after their start.
        public var crashed = 0
        /// Attempts lost before their start.
        public var unstarted = 0
        /// Nothing used.
        public init() {}
    }

    /// Which step of which workflow a job is.
    public struct Membership: Sendable, Hashable {
        /// The run.
        public let workflow: WorkflowID
        /// The step's name in the definition.
        public let step: String
        /// Its position among the step's members, from 0; nil unless the step is a `foreach`.
        public let index: Int?
        /// Makes a membership.
        public init(workflow: WorkflowID, step: String, index: Int?) {
            self.workflow = workflow
            self.step = step
            self.index = index
        }
    }

    /// n of m, as the handler counts.
    public struct Progress: Sendable, Hashable {
        /// How many are done, from 0 to `total`.
        public let done: Int64
        /// How many there are, at least 1.
        public let total: Int64
        /// Makes a progress; values outside are held at the range's ends.
        public init(done: Int64, total: Int64) {
            self.total = max(1, total)
            self.done = min(max(0, done), self.total)
        }
    }

    /// A name and data chosen by the handler: the "custom state" (requirement 1.29).
    public struct Status: Sendable, Hashable {
        /// Such as `uploading`.
        public let name: String
        /// Anything, or nil.
        public let data: JSONText?
        /// Makes a status.
        public init(name: String, data: JSONText? = nil) {
            self.name = name
            self.data = data
        }
    }

    /// Makes the first generation of a job, as its submission leaves it; `isHeld` for a step that waits for its needs.
    public init(
        id: JobID, kind: Kind, arguments: JSONText, options: JobOptions, definition: Int? = nil, submitted: Moment,
        membership: Membership? = nil, isHeld: Bool = false
    ) {
        self.id = id
        self.kind = kind
        self.arguments = arguments
        self.options = options
        // Only what is unique is compared with others later.
        if options.unique == nil { self.options.argumentDefaults = nil }
        self.definition = definition
        self.submitted = submitted
        self.membership = membership
        state = isHeld ? .suspended(.needs) : Self.initialState(options.start, at: submitted)
        fence = 0
        generation = 1
        attempts = 0
        sequence = 0
        used = Budgets()
    }

    /// The line it stands in.
    public var queue: QueueName { options.queue }

    /// How it ended; nil until finished.
    public var outcome: Outcome? {
        if case .finished(let outcome) = state { outcome } else { nil }
    }

    /// When it becomes ready by the passing of time alone, on the store's clock and not before now; nil when that is not
    /// what it waits for.
    func due(by now: Moment) -> StoreTime? {
        switch state {
        case .suspended(.until(let due)), .suspended(.retry(let due)): max(due, now.store)
        case .suspended(.at(let due)): max(now.store + (due - now.wall), now.store)
        case .suspended(.needs), .suspended(.signal), .suspended(.merged), .ready, .blocked, .running, .finished: nil
        }
    }

    /// From when on it may no longer start for the first time; nil once it has started, when never, and after a manual
    /// retry, which asks for it whatever the time.
    public var startBy: StoreTime? {
        guard started == nil, generation == 1, let window = options.startWithin else { return nil }
        return submitted.store + window
    }

    /// From when on it may no longer run at all; nil when never, and for a later generation, whose time is its own.
    public var deadline: StoreTime? {
        guard generation == 1, let deadline = options.deadline else { return nil }
        return submitted.store + deadline
    }

    /// How many losses after the start end it; a limit below 1 counts as 1, because a loss has to happen first.
    var crashLimit: Int { max(1, options.crashLimit) }

    /// How many losses before the start end it.
    var unstartedLimit: Int { max(1, options.unstartedLimit) }

    static func initialState(_ start: JobOptions.Start, at now: Moment) -> JobState {
        switch start {
        case .immediately: .ready
        case .after(let delay): delay > .zero ? .suspended(.until(now.store + delay)) : .ready
        case .at(let due): due > now.wall ? .suspended(.at(due)) : .ready
        }
    }
}
