/// A run of a workflow as `workflow run --watch` and `workflow show` draw it.
struct RunPicture: Sendable, Hashable {
    let id: String
    let name: String
    let version: Int
    /// `running`, or how it ended.
    let state: String
    let steps: [Step]
    let spent: Duration
    /// The run's own last words: why it was cancelled, or nil.
    let reason: String?

    /// One step.
    struct Step: Sendable, Hashable {
        let name: String
        /// `waiting`, `running`, or how it ended.
        let state: String
        /// How many jobs it has, 0 until that is known.
        let members: Int
        /// How many of them are over.
        let done: Int
        /// How many of them failed or expired.
        let failed: Int
        /// How many of them run now.
        let running: Int
        /// Attempts its jobs have used altogether; nil where that is not asked for.
        let attempts: Int?
        /// From its first job's start until its end, or until now; nil before it started.
        let spent: Duration?
        let reason: String?
    }

    /// True once it ended.
    var isOver: Bool { state != "running" }
}
