/// Another version of a command definition that a job is to run from now on, with what it says of the job's attempts.
public struct JobVersion: Sendable, Hashable {
    /// The version.
    public let definition: Int
    /// The job's options under it. Only what bounds and repeats attempts is taken from here: a job stays in its line.
    public let options: JobOptions

    /// Makes the version for `job`: what its submitter left to `old`, the defaults of the version it ran, follows `new`;
    /// what the submitter said stays.
    public init(definition: Int, of job: Job, from old: JobOptions, to new: JobOptions) {
        var options = job.options
        func follow<Value: Equatable>(_ option: WritableKeyPath<JobOptions, Value>) {
            if options[keyPath: option] == old[keyPath: option] { options[keyPath: option] = new[keyPath: option] }
        }
        follow(\.softLimit)
        follow(\.hardLimit)
        follow(\.retry)
        follow(\.crashLimit)
        follow(\.unstartedLimit)
        self.definition = definition
        self.options = options
    }
}

extension Job {
    /// True when this is not the version it runs already.
    func wants(_ version: JobVersion?) -> Bool { version.map { $0.definition != definition } ?? false }

    mutating func take(_ version: JobVersion?) {
        guard let version, version.definition != definition else { return }
        definition = version.definition
        options.softLimit = version.options.softLimit
        options.hardLimit = version.options.hardLimit
        options.retry = version.options.retry
        options.crashLimit = version.options.crashLimit
        options.unstartedLimit = version.options.unstartedLimit
    }
}
