public import LovageCore

/// Decides what happens to a run: which steps start, with which arguments, and when it is over.
public struct WorkflowMachine: Sendable {
    /// The definition the run began with.
    public let definition: WorkflowDefinition
    /// The command definitions its steps run, by kind.
    public let commands: [Kind: PinnedCommand]

    /// Makes the machine of one definition.
    public init(_ definition: WorkflowDefinition, commands: [Kind: PinnedCommand]) {
        self.definition = definition
        self.commands = commands
    }

    /// The run as it begins, and its first jobs; throws when the parameters do not fit.
    public func begin(id: WorkflowID, version: DefinitionVersion, parameters: JSONText, at now: Moment)
        throws(InvalidParameters) -> (run: WorkflowRun, actions: [WorkflowAction])
    {
        throw InvalidParameters(problems: ["not written yet"])
    }

    /// What `event` does to `run`, and what the store has to do about it.
    ///
    /// `results` reads the results of a step's members in the order of their index, nil for one without. Where an action
    /// ends a job, the store reports that end as another event.
    public func apply<Failure: Error>(
        _ event: WorkflowEvent, to run: inout WorkflowRun, at now: StoreTime,
        results: (String) throws(Failure) -> [JSONText?]
    ) throws(Failure) -> [WorkflowAction] {
        []
    }
}

/// The version of a command definition that a run keeps, and its options.
public struct PinnedCommand: Sendable, Hashable {
    /// The version.
    public let version: Int
    /// The defaults of its jobs.
    public let options: JobOptions
    /// Pins a command.
    public init(version: Int, options: JobOptions) {
        self.version = version
        self.options = options
    }
}

/// The parameters given do not fit the ones a definition declares.
public struct InvalidParameters: Error, Sendable, Hashable {
    /// One sentence for each fault, naming the parameter, the value and the fix.
    public let problems: [String]
    /// Makes an error.
    public init(problems: [String]) { self.problems = problems }
}
