/// An identifier that is a UUIDv7 of its own type, so that a workflow's cannot be passed where a job's is meant.
public protocol Identifier: Sendable, Hashable, Comparable, LosslessStringConvertible {
    /// The number behind it.
    var uuid: UUIDv7 { get }
    /// Wraps a number.
    init(_ uuid: UUIDv7)
}

extension Identifier {
    /// The 36-character form in lower case.
    public var description: String { uuid.description }

    /// Reads the 36-character form; nil for anything else.
    public init?(_ description: String) {
        guard let uuid = UUIDv7(description) else { return nil }
        self.init(uuid)
    }

    /// Orders by time of creation.
    public static func < (left: Self, right: Self) -> Bool { left.uuid < right.uuid }
}

/// Names one job from its submission to its end, through every attempt and generation.
public struct JobID: Identifier {
    /// The number behind it.
    public let uuid: UUIDv7
    /// Wraps a number.
    public init(_ uuid: UUIDv7) { self.uuid = uuid }
}

/// Names one run of a workflow.
public struct WorkflowID: Identifier {
    /// The number behind it.
    public let uuid: UUIDv7
    /// Wraps a number.
    public init(_ uuid: UUIDv7) { self.uuid = uuid }
}

/// Names one life of one worker process; a restarted worker takes a new one.
public struct WorkerID: Identifier {
    /// The number behind it.
    public let uuid: UUIDv7
    /// Wraps a number.
    public init(_ uuid: UUIDv7) { self.uuid = uuid }
}
