public import LovageClient
public import LovageCore

/// Runs the attempts of one kind.
public protocol Handler: Sendable {
    /// True when it blocks its thread: each of its attempts then gets a thread of its own.
    var isBlocking: Bool { get }

    /// True when its attempts are processes, which it ends for certain. It then tells them their limits itself, and another
    /// attempt of the same job, or of a job with its unique key, waits in its slot until they are gone.
    var runsProcesses: Bool { get }

    /// How long an attempt of `job` has to end once it was told to at its hard limit; then its slot counts as lost.
    func stopGrace(of job: Job) async -> Duration

    /// Runs one attempt to its end. Cancelled cooperatively; what it returns after that may no longer count.
    func run(_ job: Job, _ context: JobContext) async -> AttemptReport
}

extension Handler {
    /// False.
    public var isBlocking: Bool { false }
    /// False.
    public var runsProcesses: Bool { false }
    /// One second.
    public func stopGrace(of job: Job) async -> Duration { .seconds(1) }
}

/// Handlers that come and go while a worker runs, such as those of command kinds in the store.
public protocol DynamicHandlers: Sendable {
    /// The kinds there are handlers for now.
    var kinds: Set<Kind> { get }
    /// The handler of a kind; nil when there is none any more.
    func handler(of kind: Kind) -> (any Handler)?
}

/// The handlers a worker has, by kind.
public struct HandlerRegistry: Sendable {
    private var handlers: [Kind: any Handler] = [:]
    /// Handlers that come and go; a kind registered here directly hides one of theirs.
    public var dynamic: (any DynamicHandlers)?

    /// No handlers.
    public init() {}

    /// Adds the handler of a kind; a second one for the same kind is a programming error.
    public mutating func register(_ kind: Kind, _ handler: any Handler) {
        precondition(handlers[kind] == nil, "kind \(kind) has two handlers")
        handlers[kind] = handler
    }

    /// Adds a kind written in Swift.
    public mutating func register<Work: TypedJob>(_ type: Work.Type) {
        register(Work.kind, TypedHandler<Work>())
    }

    /// The kinds there are handlers for now.
    public var kinds: Set<Kind> { Set(handlers.keys).union(dynamic?.kinds ?? []) }

    func handler(of kind: Kind) -> (any Handler)? { handlers[kind] ?? dynamic?.handler(of: kind) }
}
