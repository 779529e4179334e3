/// What a JSON text may be before anything is built from it.
public struct JSONLimits: Sendable, Hashable {
    /// The most levels any limit allows. A `JSONValue` is compared, hashed, written and freed level by level on the
    /// call stack, and 512 levels fit the smallest stack a thread of ours has (64 KiB would not hold 10 000).
    public static let deepest = 512

    /// The most bytes, white space included.
    public var maxBytes: Int

    /// The most arrays and objects inside each other; `[]` is one level. Never above `deepest`.
    public var maxDepth: Int {
        didSet { maxDepth = min(maxDepth, Self.deepest) }
    }

    /// The most values in all, at every level together, the outermost included.
    public var maxElements: Int

    /// The most bytes of one number. Far above what anything counts, and below what usual readers of JSON give up at: one
    /// that is longer would make every list unreadable that it stands in.
    public var maxNumberLength = 1_000

    /// Limits of the given sizes, 524 288 values unless said, and numbers of up to 1 000 bytes; a `maxDepth` above `deepest` is lowered to it.
    ///
    /// That is as many as fit in 1 MiB, so that up to there the bytes decide; beyond it, a text that is nothing but
    /// `0,0,0,…` would build a tree a dozen times its size.
    public init(maxBytes: Int, maxDepth: Int, maxElements: Int = 1 << 19) {
        self.maxBytes = maxBytes
        self.maxDepth = min(maxDepth, Self.deepest)
        self.maxElements = maxElements
    }

    /// For the arguments of a job: 1 MiB, 64 levels, 524 288 values.
    public static let arguments = JSONLimits(maxBytes: 1 << 20, maxDepth: 64)

    /// For the body of a request: 1 MiB, 524 288 values, and 72 levels, so that arguments as deep as allowed fit in it.
    public static let body = JSONLimits(maxBytes: 1 << 20, maxDepth: 72)

    /// For the result of a job: 1 MiB, 64 levels, 524 288 values.
    public static let result = JSONLimits(maxBytes: 1 << 20, maxDepth: 64)

    /// For what our own code wrote, such as a server's answer: any size, 512 levels.
    public static let trusted = {
        var limits = JSONLimits(maxBytes: .max, maxDepth: deepest, maxElements: .max)
        limits.maxNumberLength = .max
        return limits
    }()
}
