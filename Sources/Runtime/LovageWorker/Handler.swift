public import LovageCore
public import LovageClient

/// Runs the attempts of one kind.
public protocol Handler: Sendable {
    /// True when it blocks its thread: each of its attempts then gets a thread of its own.
    var isBlocking: Bool { get }

    /// Runs one attempt to its end. Cancelled cooperatively; what it returns after that may no longer count.
    func run(_ job: Job, _ context: JobContext) async -> AttemptReport
}

/// The handlers a worker has, by kind.
public struct HandlerRegistry: Sendable {
    private(set) var handlers: [Kind: any Handler] = [:]

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

    /// The kinds there are handlers for.
    public var kinds: Set<Kind> { Set(handlers.keys) }
}
