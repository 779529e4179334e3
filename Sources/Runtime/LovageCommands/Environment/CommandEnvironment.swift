/// Builds the environment of a command from nothing: names let through from the worker's own, fixed values of the
/// definition, values from the job where the definition has a place for them, and what Lovage says about the attempt.
public struct CommandEnvironment: Sendable, Equatable {
    /// Names taken over from the worker's environment where it has them.
    public var allowed: Set<String>
    /// Values the definition sets.
    public var fixed: [String: String]

    /// Enough for ordinary tools to work, and nothing that could be a secret.
    public static let defaultAllowed: Set<String> = [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR",
    ]

    /// An environment with the default names let through and nothing fixed.
    public init(allowed: Set<String> = Self.defaultAllowed, fixed: [String: String] = [:]) {
        self.allowed = allowed
        self.fixed = fixed
    }

    /// What a command is told about its attempt.
    public struct Attempt: Sendable, Equatable {
        /// `LOVAGE_JOB_ID`.
        public var jobID: String
        /// `LOVAGE_ATTEMPT`, from 1.
        public var number: Int
        /// `LOVAGE_FENCE`: an outside store can refuse a writer whose fence is older.
        public var fence: Int64

        /// An attempt of a job.
        public init(jobID: String, number: Int, fence: Int64) {
            self.jobID = jobID
            self.number = number
            self.fence = fence
        }
    }

    /// Variables that cannot be set, all of them at once.
    public struct Refused: Error, Sendable, Equatable, CustomStringConvertible {
        /// One sentence a variable, sorted.
        public let problems: [String]
        /// All sentences.
        public var description: String { problems.joined(separator: "; ") }
    }

    /// The whole environment. Later wins: worker, definition, job, Lovage. A job's arguments (`submitted`) may not
    /// name a variable that makes a program load or run something; a definition may.
    ///
    /// `files` is the folder in which the files of the definition are (`LOVAGE_FILES`), nil when it has none.
    public func make(
        worker: [String: String], attempt: Attempt, scratch: AttemptScratch, files: String? = nil,
        submitted: [String: String] = [:]
    ) throws(Refused) -> [String: String] {
        let problems =
            fixed.compactMap { VariableRule.problem(with: $0.key, $0.value, isSubmitted: false) }
            + submitted.compactMap { VariableRule.problem(with: $0.key, $0.value, isSubmitted: true) }
        guard problems.isEmpty else { throw Refused(problems: problems.sorted()) }
        var own = [
            "LOVAGE_JOB_ID": attempt.jobID,
            "LOVAGE_ATTEMPT": String(attempt.number),
            "LOVAGE_FENCE": String(attempt.fence),
            "LOVAGE_RESULT": scratch.resultFile,
            "LOVAGE_ARGUMENTS": scratch.argumentsFile,
        ]
        own["LOVAGE_FILES"] = files
        return [worker.filter { allowed.contains($0.key) }, fixed, submitted, own]
            .reduce(into: [:]) { $0.merge($1) { _, later in later } }
    }
}
