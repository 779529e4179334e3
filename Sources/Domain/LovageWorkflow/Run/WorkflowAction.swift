public import LovageCore

/// What a store has to do, in the same transaction, because of something that happened to a run.
public enum WorkflowAction: Sendable, Hashable {
    /// Insert these jobs as members of `step`.
    case insert(step: String, members: [NewMember])
    /// Settle the held job of `step`: apply `.needsSettled(decision)` to it.
    case settle(step: String, NeedsDecision)
    /// Apply `.retried(held: true)` to the job of `step`, which had ended without being reached.
    case reopen(step: String)
    /// Apply `.cancelled(.workflow(reason))` to every job of these steps that is not finished.
    case cancelMembers(of: [String], reason: String)
}

/// One job that a step brings into being.
public struct NewMember: Sendable, Hashable {
    /// Its position in a `foreach`; nil for a single job.
    public let index: Int?
    /// The kind that runs.
    public let kind: Kind
    /// Its arguments; an empty object while it is held.
    public let arguments: JSONText
    /// The version of the command definition it runs; nil for a Swift kind.
    public let definition: Int?
    /// The kind's defaults with the step's overrides put over them.
    public let options: JobOptions
    /// True when it is suspended on its needs.
    public let isHeld: Bool

    /// Makes a new member.
    public init(
        index: Int?, kind: Kind, arguments: JSONText, definition: Int?, options: JobOptions, isHeld: Bool
    ) {
        self.index = index
        self.kind = kind
        self.arguments = arguments
        self.definition = definition
        self.options = options
        self.isHeld = isHeld
    }
}

/// Something that happened to a run.
public enum WorkflowEvent: Sendable, Hashable {
    /// A member of `step` ended. Reported exactly once per generation of the member.
    case memberFinished(step: String, outcome: Outcome)
    /// A member of `step` that had ended with `outcome` was asked for again. Where `StepRun.endedWithoutRunning` held,
    /// its job has no arguments yet: the store holds it, whatever was asked, and the machine decides the step again.
    case memberRetried(step: String, outcome: Outcome)
    /// Somebody cancelled the run; `cleanup` when its failure branches may still run.
    case cancelled(reason: String, cleanup: Bool)
}
