/// What a person has set for one queue.
public struct QueueSettings: Sendable, Hashable {
    /// While true nothing is claimed from it; what runs goes on.
    public var isPaused: Bool
    /// How many unfinished, not running jobs it takes; nil for as many as the disk holds.
    public var capacity: Int?
    /// How long finished jobs are kept. Default 7 days.
    public var keepFinishedFor: Duration
    /// How many finished jobs are kept at most; nil for no bound but age.
    public var keepFinishedCount: Int?

    /// Makes settings; whatever is left out has its default.
    public init(
        isPaused: Bool = false, capacity: Int? = nil, keepFinishedFor: Duration = .seconds(7 * 86_400),
        keepFinishedCount: Int? = nil
    ) {
        self.isPaused = isPaused
        self.capacity = capacity
        self.keepFinishedFor = keepFinishedFor
        self.keepFinishedCount = keepFinishedCount
    }
}
