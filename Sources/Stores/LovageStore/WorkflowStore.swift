public import LovageCore
public import LovageWorkflow

/// Where definitions and runs of workflows live.
///
/// What happens to a run is decided by `WorkflowMachine`; a store loads the run, lets the machine decide, and carries
/// out its actions in the transaction that ended the member.
public protocol WorkflowStore: Sendable {
    /// Stores definitions and files, all or none. One whose hash is that of the newest version is left as it is;
    /// answers in order the version that now stands.
    func save(_ drafts: [DefinitionDraft], files: [StoredFile]) async throws(StoreError) -> [DefinitionVersion]

    /// A version of a definition, the newest when `version` is nil; nil when there is none.
    func definition(_ sort: Definition.Sort, named name: String, version: Int?) async throws(StoreError)
        -> StoredDefinition?

    /// The newest version of every definition, by sort and name.
    func definitions() async throws(StoreError) -> [StoredDefinition]

    /// The file with this SHA-256 in lower-case hexadecimal; nil when there is none.
    func file(hash: String) async throws(StoreError) -> StoredFile?

    /// Starts a run and inserts its first jobs.
    func start(_ submission: WorkflowSubmission) async throws(StoreError) -> WorkflowAnswer

    /// Cancels a run and every job of it that is not over, but those of its failure branches: these run once what they
    /// need has ended. Without `cleanup` they are cancelled too, also later. Nil when no run has this id.
    func cancelWorkflow(_ id: WorkflowID, reason: String, cleanup: Bool) async throws(StoreError) -> WorkflowRun?

    /// A run; nil when none has this id.
    func workflow(_ id: WorkflowID) async throws(StoreError) -> WorkflowRun?

    /// Runs, newest first.
    func workflows(_ filter: WorkflowFilter, page: PageRequest) async throws(StoreError) -> Page<WorkflowRun>

    /// The ids of runs in a range, newest first, at most `limit`: for whoever knows only a part of one.
    func runIDs(in range: ClosedRange<UUIDv7>, limit: Int) async throws(StoreError) -> [WorkflowID]

    /// The jobs of one step in the order of their index, at most `limit` from `offset`.
    /// Of their long parts only those in `whole` are read.
    func members(
        of id: WorkflowID, step: String, offset: Int, limit: Int, whole: JobContents
    ) async throws(StoreError) -> [ListedJob]

    /// The results of all members of one step, in the order of their index; nil for one that has none.
    func results(of id: WorkflowID, step: String) async throws(StoreError) -> [JSONText?]
}

extension WorkflowStore {
    /// Cancels a run; its failure branches run.
    public func cancelWorkflow(_ id: WorkflowID, reason: String) async throws(StoreError) -> WorkflowRun? {
        try await cancelWorkflow(id, reason: reason, cleanup: true)
    }
}

/// A definition to be stored.
public struct DefinitionDraft: Sendable, Hashable {
    /// What it says.
    public let definition: Definition
    /// SHA-256 of its canonical JSON, in lower-case hexadecimal.
    public let hash: String
    /// Makes a draft.
    public init(definition: Definition, hash: String) {
        self.definition = definition
        self.hash = hash
    }
}

/// A definition as stored.
public struct StoredDefinition: Sendable, Hashable {
    /// Which version.
    public let version: DefinitionVersion
    /// What it says.
    public let definition: Definition
    /// Makes a stored definition.
    public init(version: DefinitionVersion, definition: Definition) {
        self.version = version
        self.definition = definition
    }
}

/// A script or other file of a command, by content.
public struct StoredFile: Sendable, Hashable {
    /// SHA-256 in lower-case hexadecimal.
    public let hash: String
    /// What is in it.
    public let contents: [UInt8]
    /// Makes a file.
    public init(hash: String, contents: [UInt8]) {
        self.hash = hash
        self.contents = contents
    }
}

/// A run to be started.
public struct WorkflowSubmission: Sendable, Hashable {
    /// The name it shall have.
    public var id: WorkflowID
    /// Which definition, in its newest version.
    public var name: WorkflowName
    /// One object; missing parameters take their defaults.
    public var parameters: JSONText
    /// Makes a submission.
    public init(id: WorkflowID, name: WorkflowName, parameters: JSONText = .emptyObject) {
        self.id = id
        self.name = name
        self.parameters = parameters
    }
}

/// What became of a submitted run.
public enum WorkflowAnswer: Sendable, Hashable {
    /// It runs.
    case started(WorkflowRun)
    /// No workflow has this name.
    case unknown(WorkflowName)
    /// The parameters do not fit the definition; one sentence for each fault.
    case invalid([String])
}

/// Which runs to list.
public struct WorkflowFilter: Sendable, Hashable {
    /// Only runs of this definition.
    public var name: WorkflowName?
    /// Only runs that are over (true) or not (false).
    public var isFinished: Bool?
    /// Only runs that ended this way.
    public var outcome: WorkflowOutcome?
    /// Only runs whose id is this one or a later one: those started since its time.
    public var first: UUIDv7?
    /// All runs.
    public init(
        name: WorkflowName? = nil, isFinished: Bool? = nil, outcome: WorkflowOutcome? = nil, first: UUIDv7? = nil
    ) {
        self.name = name
        self.isFinished = isFinished
        self.outcome = outcome
        self.first = first
    }
}

extension WorkflowRun {
    /// About how many bytes it takes in a listing.
    public var size: Int { 512 + parameters.count + (outputs?.count ?? 0) + (cancelled?.utf8.count ?? 0) }
}

extension WorkflowStore {
    /// The jobs of one step with all their parts, in the order of their index.
    public func members(of id: WorkflowID, step: String, offset: Int, limit: Int) async throws(StoreError) -> [Job] {
        try await members(of: id, step: step, offset: offset, limit: limit, whole: .all).map(\.job)
    }
}
