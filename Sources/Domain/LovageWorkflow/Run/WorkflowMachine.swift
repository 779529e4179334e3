// A run of a workflow, decided in one place.
//
// The machine takes one event and answers with what the store has to do in the same transaction. It keeps nothing: all
// that is remembered is in `WorkflowRun` and in the jobs.
//
// - A step that is no `foreach` is one job from the start. It is held, suspended on its needs, until the step is
//   decided; then the job is settled: it runs, or ends, and the store reports that end like any other. Such a step
//   therefore finishes only by the report of its job, even when the machine knows already how it will end.
// - A `foreach` step has no job before its list is known. When it ends without members (skipped, unreachable, faulty,
//   cancelled, an empty list) nobody can report it, so that the machine finishes it by itself.
// - A step is decided once, when the last of its needs has ended: `.waiting` without a reason means undecided. Only a
//   retry of something it needs brings it back there.
// - A cancel ends every step but the failure branches, and what is behind those: they are decided as ever, once what they
//   need has ended, so that what was begun is cleaned up after. Asked for, they are ended as well.
// - A retry reopens what was never reached downstream, and what answered the end that is taken back: steps whose rule takes
//   failures, with all that is behind them. A second failure is then cleaned up after like the first. It does not go
//   through a step that ran because all was well, nor through a list that has its jobs: their answers stand.
//
// The end of a member costs O(1); the end of a step costs the needs of the steps that need it. Results are read only
// for a decision whose templates name them.

public import LovageCore

/// Decides what happens to a run: which steps start, with which arguments, and when it is over.
public struct WorkflowMachine: Sendable {
    /// The definition the run began with.
    public let definition: WorkflowDefinition
    /// The command definitions its steps run, by kind.
    public let commands: [Kind: PinnedCommand]
    let graph: StepGraph
    /// By position: true for a failure branch, and for what is behind one.
    let isCleanup: [Bool]

    /// Makes the machine of one definition, which must be free of faults (`WorkflowDefinition.faults()`).
    public init(_ definition: WorkflowDefinition, commands: [Kind: PinnedCommand]) {
        self.definition = definition
        self.commands = commands
        let graph = StepGraph(definition.steps)
        var isCleanup = definition.steps.map { $0.rule == .anyFailed }
        for position in graph.ordered().order where graph.needs[position].contains(where: { isCleanup[$0] }) {
            isCleanup[position] = true
        }
        self.graph = graph
        self.isCleanup = isCleanup
    }

    /// The run as it begins, and its first jobs; throws when the parameters do not fit.
    public func begin(id: WorkflowID, version: DefinitionVersion, parameters: JSONText, at now: Moment)
        throws(InvalidParameters) -> (run: WorkflowRun, actions: [WorkflowAction])
    {
        let filled = try Parameter.check(parameters, against: definition.parameters)
        let kinds = Set(definition.steps.map(\.kind))
        var run = WorkflowRun(
            id: id, definition: version, commands: commands.filter { kinds.contains($0.key) }.mapValues(\.version),
            parameters: filled, submitted: now, steps: definition.steps.map { StepRun(name: $0.name) })
        var work = Work()
        for (position, step) in definition.steps.enumerated() where step.foreach == nil && !step.needs.isEmpty {
            work.actions.append(.insert(step: step.name, members: [member(of: position, isHeld: true)]))
        }
        let noResults: (String) throws(Never) -> [JSONText?] = { _ in [] }
        for (position, step) in definition.steps.enumerated() where step.needs.isEmpty {
            let verdict = verdict(on: position, &run, &work, noResults)
            carryOut(verdict, on: position, isInserted: false, &run, &work, at: now.store)
        }
        advance(&run, &work, at: now.store, noResults)
        return (run, work.actions)
    }

    /// What `event` does to `run`, and what the store has to do about it.
    ///
    /// `results` reads the results of a step's members in the order of their index, nil for one without. Where an
    /// action ends a job, the store reports that end as another event. Actions are carried out in their order.
    public func apply<Failure: Error>(
        _ event: WorkflowEvent, to run: inout WorkflowRun, at now: StoreTime,
        results: (String) throws(Failure) -> [JSONText?]
    ) throws(Failure) -> [WorkflowAction] {
        var work = Work()
        switch event {
        case .memberFinished(let step, let outcome):
            guard let position = graph.positions[step] else { return [] }
            count(outcome, of: position, &run, &work)
            try decide(position, &run, &work, at: now, results)
        case .memberRetried(let step, let outcome):
            guard let position = graph.positions[step] else { return [] }
            reopen(position, after: outcome, &run, &work)
            try decide(position, &run, &work, at: now, results)
        case .cancelled(let reason, let cleanup):
            guard run.outcome == nil, run.cancelled == nil || !cleanup else { return [] }
            cancel(reason, cleanup: cleanup, &run, &work)
        }
        try advance(&run, &work, at: now, results)
        return work.actions
    }

    /// The steps of which a job failed, was cancelled, or was given up because of one that was, and those that still wait:
    /// what a retry of the run looks at, each after what it needs.
    public func stepsToRetry(in run: WorkflowRun) -> [String] {
        graph.ordered().order.map { run.steps[$0] }
            .filter { $0.state == .waiting || $0.ended.failed + $0.ended.cancelled > 0 }.map(\.name)
    }

    /// What one event has led to so far.
    struct Work {
        /// For the store, in order.
        var actions: [WorkflowAction] = []
        /// Steps that have ended and whose dependents have not been looked at.
        var ended: [Int] = []
        /// What templates have read.
        var scope = TemplateScope()
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
