public import LovageCore

/// One run of a workflow: what the store keeps of it besides its jobs.
public struct WorkflowRun: Sendable, Hashable {
    /// Its name for ever.
    public let id: WorkflowID
    /// The version it began with and keeps.
    public let definition: DefinitionVersion
    /// The version of each command definition its steps run; kinds that are not commands are absent.
    public let commands: [Kind: Int]
    /// The parameters, defaults filled in; one object.
    public let parameters: JSONText
    /// When it was submitted.
    public let submitted: Moment
    /// The steps in the definition's order.
    public var steps: [StepRun]
    /// Set once somebody cancelled it.
    public var cancelled: String?
    /// How it ended; nil while it runs.
    public var outcome: WorkflowOutcome?
    /// When it ended.
    public var finished: StoreTime?
    /// Its outputs; nil until it succeeded, or when it has none.
    public var outputs: JSONText?

    /// Makes a run.
    public init(
        id: WorkflowID, definition: DefinitionVersion, commands: [Kind: Int], parameters: JSONText, submitted: Moment,
        steps: [StepRun], cancelled: String? = nil, outcome: WorkflowOutcome? = nil, finished: StoreTime? = nil,
        outputs: JSONText? = nil
    ) {
        self.id = id
        self.definition = definition
        self.commands = commands
        self.parameters = parameters
        self.submitted = submitted
        self.steps = steps
        self.cancelled = cancelled
        self.outcome = outcome
        self.finished = finished
        self.outputs = outputs
    }
}

/// How a run ended.
public enum WorkflowOutcome: String, Sendable, Hashable, CaseIterable {
    /// No step failed.
    case succeeded
    /// A step failed or expired, whether or not a failure branch cleaned up after it.
    case failed
    /// Somebody cancelled the run, or one of its steps.
    case cancelled
}

/// Where one step of one run stands.
public struct StepRun: Sendable, Hashable {
    /// Its name in the definition.
    public let name: String
    /// Where it stands.
    public var state: State
    /// How many jobs it has; 0 until that is known.
    public var members: Int
    /// How many of them have ended each way.
    public var ended: Tally
    /// Why it was skipped, cancelled, could not be reached or failed without running; nil for a step whose jobs ran.
    public var reason: String?

    /// Where a step can stand.
    public enum State: Sendable, Hashable {
        /// Its needs have not all ended.
        case waiting
        /// Its jobs may run.
        case running
        /// All its jobs have ended.
        case finished(StepOutcome)
    }

    /// Counts of members by how they ended.
    public struct Tally: Sendable, Hashable {
        /// Members that succeeded.
        public var succeeded = 0
        /// Members that failed or expired.
        public var failed = 0
        /// Members that were cancelled.
        public var cancelled = 0
        /// Members that had nothing to do.
        public var skipped = 0
        /// No member has ended.
        public init() {}
        /// All of them.
        public var total: Int { succeeded + failed + cancelled + skipped }
    }

    /// Makes a step that waits.
    public init(name: String, state: State = .waiting, members: Int = 0, ended: Tally = Tally()) {
        self.name = name
        self.state = state
        self.members = members
        self.ended = ended
    }
}

/// How a step ended.
public enum StepOutcome: String, Sendable, Hashable, CaseIterable {
    /// Every member succeeded or was skipped, and one succeeded.
    case succeeded
    /// A member failed or expired.
    case failed
    /// A member was cancelled and none failed.
    case cancelled
    /// There was nothing to do.
    case skipped
    /// A step it needed ended in a way that its rule does not accept.
    case unreachable
}
