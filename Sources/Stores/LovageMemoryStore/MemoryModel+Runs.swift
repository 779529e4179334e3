public import LovageCore
public import LovageStore
public import LovageWorkflow

extension MemoryModel {
    /// Starts a run of the newest version of a workflow. A run that was started under this id already stands for it.
    public mutating func start(_ submission: WorkflowSubmission, at now: Moment) throws(StoreError)
        -> Effect<WorkflowAnswer>
    {
        try Self.checkClock(now, for: "start a workflow")
        if let entry = runs[submission.id] { return effect(.started(entry.run)) }
        guard let stored = definition(.workflow, named: submission.name.text, version: nil),
            case .workflow(let definition) = stored.definition
        else { return effect(.unknown(submission.name)) }
        let machine = WorkflowMachine(definition, commands: pinnedCommands(of: definition))
        let begun: (run: WorkflowRun, actions: [WorkflowAction])
        do throws(InvalidParameters) {
            begun = try machine.begin(
                id: submission.id, version: stored.version, parameters: submission.parameters, at: now)
        } catch {
            return effect(.invalid(error.problems))
        }
        let run = try begin(begun.run, machine, begun.actions, at: now)
        try tellMerged(at: now)
        return effect(.started(runs[run.id]?.run ?? run))
    }

    /// Cancels a run and every job of it that is not over, those of its failure branches only without `cleanup`; nil when no
    /// run has this id.
    public mutating func cancelWorkflow(_ id: WorkflowID, reason: String, cleanup: Bool = true, at now: Moment)
        throws(StoreError)
        -> Effect<WorkflowRun?>
    {
        guard runs[id] != nil else { return effect(nil) }
        try advance(id, .cancelled(reason: reason, cleanup: cleanup), at: now)
        try tellMerged(at: now)
        return effect(runs[id]?.run)
    }

    /// Tells a run what happened, and does what its machine asks for until nothing is left to do.
    ///
    /// A worklist instead of recursion: an end that makes a thousand further steps unreachable needs no deep stack.
    mutating func advance(_ id: WorkflowID, _ first: WorkflowEvent, at now: Moment) throws(StoreError) {
        guard let entry = runs[id] else {
            throw StoreError(.bug, attempted: "advance workflow \(id)", cause: "its run is not stored")
        }
        try advance(entry, [first], at: now)
    }

    /// True for a member whose step ended before the job could run, when somebody asks for it again: it has no arguments
    /// yet, so that it is held, and the machine decides the step anew.
    func isHeldAgain(_ job: Job) -> Bool {
        guard let membership = job.membership, job.outcome?.isRetryableByItself == true else { return false }
        let step = runs[membership.workflow]?.run.steps.first { $0.name == membership.step }
        return step?.endedWithoutRunning == true
    }

    private mutating func begin(
        _ run: WorkflowRun, _ machine: WorkflowMachine, _ actions: [WorkflowAction], at now: Moment
    ) throws(StoreError) -> WorkflowRun {
        var entry = RunEntry(run: run, machine: machine)
        runOrder.insert(run.id)
        var news: [WorkflowEvent] = []
        for action in actions { news += try perform(action, for: &entry, at: now) }
        try advance(entry, news, at: now)
        return runs[run.id]?.run ?? entry.run
    }

    private mutating func advance(_ start: RunEntry, _ first: [WorkflowEvent], at now: Moment) throws(StoreError) {
        var entry = start
        // Held only here while it changes, so that its tables are changed in place and not copied.
        runs[entry.run.id] = nil
        defer { runs[entry.run.id] = entry }
        wake(.workflow(entry.run.id))
        var news = first
        var next = 0
        while next < news.count {
            let members = entry.members
            let actions = entry.machine.apply(news[next], to: &entry.run, at: now.store) { step in
                results(of: members[step] ?? [])
            }
            next += 1
            for action in actions { news += try perform(action, for: &entry, at: now) }
        }
    }

    /// Does one thing that a machine asked for; answers the ends of members that it brought about.
    private mutating func perform(_ action: WorkflowAction, for entry: inout RunEntry, at now: Moment)
        throws(StoreError) -> [WorkflowEvent]
    {
        switch action {
        case .insert(let step, let members):
            for member in members { try insert(member, as: step, of: &entry, at: now) }
            return []
        case .settle(let step, let decision):
            return try change(entry.members[step]?.first, .needsSettled(decision), at: now)
        case .reopen(let step):
            _ = try change(entry.members[step]?.first, .retried(held: true), at: now)
            return []
        case .cancelMembers(let steps, let reason):
            var ends: [WorkflowEvent] = []
            for step in steps {
                for id in entry.members[step] ?? [] where jobs[id]?.outcome == nil {
                    ends += try change(id, .cancelled(.workflow(reason)), at: now)
                }
            }
            return ends
        }
    }

    private mutating func insert(_ member: NewMember, as step: String, of entry: inout RunEntry, at now: Moment)
        throws(StoreError)
    {
        let ordinal = entry.members[step]?.count ?? 0
        let id = JobID(memberOf: entry.run.id, step: step, ordinal: ordinal, at: now.wall)
        precondition(jobs[id] == nil, "a member's id is its own")
        entry.members[step, default: []].append(id)
        insert(
            Job(
                id: id, kind: member.kind, arguments: member.arguments, options: member.options,
                definition: member.definition, submitted: now,
                membership: Job.Membership(workflow: entry.run.id, step: step, index: member.index),
                isHeld: member.isHeld))
        try mergeIfTaken(id, from: nil, at: now)
    }

    /// Applies an event that the run itself caused; answers the member's end, which the run has to be told of.
    private mutating func change(_ id: JobID?, _ event: JobEvent, at now: Moment) throws(StoreError) -> [WorkflowEvent]
    {
        guard let id, let old = jobs[id], let membership = old.membership else { return [] }
        guard case .change(let transition) = try Self.decide(event, on: old, at: now) else { return [] }
        write(transition, over: old, because: event, at: now)
        try mergeIfTaken(id, from: old, at: now)
        guard let outcome = transition.job.outcome else { return [] }
        return [.memberFinished(step: membership.step, outcome: outcome)]
    }

    private func pinnedCommands(of workflow: WorkflowDefinition) -> [Kind: PinnedCommand] {
        var pinned: [Kind: PinnedCommand] = [:]
        for step in workflow.steps {
            guard let stored = definition(.command, named: step.kind.text, version: nil),
                case .command(let command) = stored.definition
            else { continue }
            pinned[step.kind] = PinnedCommand(version: stored.version.version, options: command.jobOptions)
        }
        return pinned
    }
}
