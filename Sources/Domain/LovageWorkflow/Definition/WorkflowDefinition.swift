public import LovageCore

/// A graph of steps tied by what they need.
public struct WorkflowDefinition: Sendable, Hashable {
    /// Its name.
    public var name: WorkflowName
    /// For people.
    public var description: String?
    /// What a caller may give.
    public var parameters: [Parameter]
    /// The steps, in the order they were written.
    public var steps: [Step]
    /// What a finished run shows as its result: name → template.
    public var outputs: [JSONMember]

    /// Most steps a definition may have. Members of a `foreach` do not count.
    public static let mostSteps = 1_000
    /// Most members a `foreach` may have.
    public static let mostMembers = 10_000

    /// One step: one job, or one job for each element of a list.
    public struct Step: Sendable, Hashable {
        /// Its name, unique in the workflow.
        public var name: String
        /// The kind that runs.
        public var kind: Kind
        /// The steps that must have ended before this one is decided.
        public var needs: [String]
        /// How they must have ended.
        public var rule: NeedsRule
        /// A condition; when it is false the step is skipped.
        public var when: String?
        /// A template whose value is a list: one job for each element.
        public var foreach: String?
        /// The arguments; strings in it are templates.
        public var arguments: JSONValue
        /// What differs from the kind's defaults.
        public var overrides: Overrides

        /// Makes a step.
        public init(
            name: String, kind: Kind, needs: [String] = [], rule: NeedsRule = .allSucceeded, when: String? = nil,
            foreach: String? = nil, arguments: JSONValue = .object([]), overrides: Overrides = Overrides()
        ) {
            self.name = name
            self.kind = kind
            self.needs = needs
            self.rule = rule
            self.when = when
            self.foreach = foreach
            self.arguments = arguments
            self.overrides = overrides
        }
    }

    /// How the steps that a step needs must have ended.
    public enum NeedsRule: String, Sendable, Hashable, CaseIterable {
        /// Every one succeeded, or was skipped because it had nothing to do.
        case allSucceeded = "all_succeeded"
        /// Every one ended, however.
        case allFinished = "all_finished"
        /// At least one failed, expired, was cancelled or could not be reached: the failure branch.
        case anyFailed = "any_failed"
    }

    /// Options of a step that replace those of its kind; nil leaves the kind's.
    public struct Overrides: Sendable, Hashable {
        /// The queue.
        public var queue: QueueName?
        /// The priority.
        public var priority: Int8?
        /// How many retries.
        public var retries: Int?
        /// The wait before each.
        public var backoff: Backoff?
        /// The soft limit of one attempt.
        public var softLimit: Duration?
        /// The hard limit of one attempt.
        public var hardLimit: Duration?
        /// The wait after the needs are met.
        public var delay: Duration?
        /// Whether its jobs may stand beside equal ones.
        public var unique: UniqueOverride?

        /// Nothing replaced.
        public init(
            queue: QueueName? = nil, priority: Int8? = nil, retries: Int? = nil, backoff: Backoff? = nil,
            softLimit: Duration? = nil, hardLimit: Duration? = nil, delay: Duration? = nil,
            unique: UniqueOverride? = nil
        ) {
            self.queue = queue
            self.priority = priority
            self.retries = retries
            self.backoff = backoff
            self.softLimit = softLimit
            self.hardLimit = hardLimit
            self.delay = delay
            self.unique = unique
        }

        /// `options` with what is set here put over it.
        public func applied(to options: JobOptions) -> JobOptions {
            var result = options
            if let queue { result.queue = queue }
            if let priority { result.priority = priority }
            if let retries { result.retry.retries = retries }
            if let backoff { result.retry.backoff = backoff }
            if let softLimit { result.softLimit = softLimit }
            if let hardLimit { result.hardLimit = hardLimit }
            if let delay { result.start = .after(delay) }
            switch unique {
            case .by(let uniqueness): result.unique = uniqueness
            case .never: result.unique = nil
            case nil: break
            }
            return result
        }
    }

    /// What a step says of uniqueness instead of its kind.
    public enum UniqueOverride: Sendable, Hashable {
        /// Its jobs may stand beside equal ones, whatever the kind says.
        case never
        /// A job of it is merged into an unfinished one with the same arguments, and ends as that one does.
        case by(JobOptions.Uniqueness)
    }

    /// Makes a workflow definition.
    public init(
        name: WorkflowName, description: String? = nil, parameters: [Parameter] = [], steps: [Step],
        outputs: [JSONMember] = []
    ) {
        self.name = name
        self.description = description
        self.parameters = parameters
        self.steps = steps
        self.outputs = outputs
    }
}

/// The name of a workflow definition.
public struct WorkflowName: Name {
    /// `workflow`.
    public static let noun = "workflow"
    /// The name itself.
    public let text: String
    /// Takes a text that is known to be a legal name.
    public init(trusted text: String) { self.text = text }
}
