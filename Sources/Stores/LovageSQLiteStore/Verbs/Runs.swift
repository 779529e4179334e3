#if SQLite
import LovageCore
import LovageStore
import LovageWorkflow

extension WriteTransaction {
    private static let firstMember = SQL(
        "SELECT \(JobColumns.list) FROM jobs WHERE workflow = ? AND step = ? ORDER BY member LIMIT 1")
    private static let countMembers = SQL("SELECT count(*) FROM jobs WHERE workflow = ? AND step = ?")
    private static let unfinishedMembers = SQL(
        "SELECT id FROM jobs WHERE workflow = ? AND step = ? AND state <> 4 ORDER BY member")

    /// Starts a run of the newest version of a workflow. A run that was started under this id already stands for it.
    func start(_ submission: WorkflowSubmission) throws -> WorkflowAnswer {
        try checkClock("start a workflow")
        if let (_, run) = try rows.run(submission.id) { return .started(run) }
        guard let stored = try rows.definition(.workflow, named: submission.name.text, version: nil),
            case .workflow(let definition) = stored.definition
        else { return .unknown(submission.name) }
        let machine = WorkflowMachine(definition, commands: try newestCommands(of: definition))
        do {
            let (run, actions) = try machine.begin(
                id: submission.id, version: stored.version, parameters: submission.parameters, at: now)
            marks.add("start_run")
            return .started(try begin(run, machine, actions))
        } catch let problem as InvalidParameters {
            return .invalid(problem.problems)
        }
    }

    /// Cancels a run and every job of it that is not over, those of its failure branches only without `cleanup`; nil when no
    /// run has this id.
    func cancelWorkflow(_ id: WorkflowID, reason: String, cleanup: Bool) throws -> WorkflowRun? {
        guard try entry(id) != nil else { return nil }
        marks.add("cancel_run")
        try advance(id, [.cancelled(reason: reason, cleanup: cleanup)])
        try tellMerged()
        return try entry(id)?.run
    }

    /// Tells a run what happened, and does what its machine asks for until nothing is left to do.
    ///
    /// A worklist instead of recursion: an end that makes a thousand further steps unreachable needs no deep stack.
    func advance(_ id: WorkflowID, _ first: [WorkflowEvent]) throws {
        guard var entry = try entry(id) else {
            throw StoreError(.bug, attempted: "advance workflow \(id)", cause: "its run is not stored")
        }
        let old = entry.run
        // Held only here while it changes, so that it is changed in place and not copied.
        runs[id] = nil
        ledger.wake(.workflow(id))
        var news = first
        var next = 0
        while next < news.count {
            let actions = try entry.machine.apply(news[next], to: &entry.run, at: now.store) {
                try rows.results(of: id, step: $0)
            }
            next += 1
            for action in actions { news += try perform(action, for: entry.run) }
        }
        try rows.write(entry.run, row: entry.row, over: old)
        runs[id] = entry
        if entry.run.outcome != nil { endedRuns.append(id) }
    }

    /// Forgets the runs that ended, once the commit is done, and all when there are too many.
    func shortenRuns() {
        for id in endedRuns where runs[id]?.run.outcome != nil { runs[id] = nil }
        endedRuns = []
        if runs.count > Self.mostRuns { runs = [:] }
    }

    /// A run with its machine; nil when no run has this id.
    func entry(_ id: WorkflowID) throws -> RunEntry? {
        if let known = runs[id] { return known }
        guard let (row, run) = try rows.run(id) else { return nil }
        let version = run.definition
        guard let stored = try rows.definition(.workflow, named: version.name, version: version.version),
            case .workflow(let definition) = stored.definition
        else { throw damaged("the definition of run \(id) is missing") }
        var commands: [Kind: PinnedCommand] = [:]
        for (kind, version) in run.commands { commands[kind] = try command(kind, version: version) }
        let entry = RunEntry(row: row, run: run, machine: WorkflowMachine(definition, commands: commands))
        runs[id] = entry
        return entry
    }

    private func begin(
        _ run: WorkflowRun, _ machine: WorkflowMachine, _ actions: [WorkflowAction]
    ) throws -> WorkflowRun {
        let row = try rows.insert(run)
        try rows.write(run, row: row, over: nil)
        runs[run.id] = RunEntry(row: row, run: run, machine: machine)
        var news: [WorkflowEvent] = []
        for action in actions { news += try perform(action, for: run) }
        try advance(run.id, news)
        try tellMerged()
        return runs[run.id]?.run ?? run
    }

    /// Does one thing that a machine asked for; answers the ends of members that it brought about.
    private func perform(_ action: WorkflowAction, for run: WorkflowRun) throws -> [WorkflowEvent] {
        switch action {
        case .insert(let step, let members):
            try insert(members, as: step, of: run)
            return []
        case .settle(let step, let decision):
            CrashPoint.pass("fan_in.before_next_step")
            return try change(firstMember(of: run, step), .needsSettled(decision))
        case .reopen(let step):
            _ = try change(firstMember(of: run, step), .retried(held: true))
            return []
        case .cancelMembers(let steps, let reason):
            var ends: [WorkflowEvent] = []
            for step in steps {
                let members = try connection.statement(Self.unfinishedMembers)
                    .bind(run.id.uuid).bind(step).all { JobID(try $0.uuid(0)) }
                for id in members {
                    ends += try change(rows.job(id), .cancelled(.workflow(reason)))
                    CrashPoint.pass("cancel_run.mid")
                }
            }
            return ends
        }
    }

    private func insert(_ members: [NewMember], as step: String, of run: WorkflowRun) throws {
        var ordinal =
            try connection.statement(Self.countMembers).bind(run.id.uuid).bind(step).first { $0.int(0) } ?? 0
        for member in members {
            let job = Job(
                id: JobID(memberOf: run.id, step: step, ordinal: ordinal, at: now.wall), kind: member.kind,
                arguments: member.arguments, options: member.options, definition: member.definition, submitted: now,
                membership: Job.Membership(workflow: run.id, step: step, index: member.index),
                isHeld: member.isHeld)
            try insert(job, member: ordinal)
            CrashPoint.pass("fan_out.mid")
            _ = try mergeIfTaken(job, from: nil)
            ordinal += 1
        }
    }

    private func firstMember(of run: WorkflowRun, _ step: String) throws -> JobRow? {
        try connection.statement(Self.firstMember).bind(run.id.uuid).bind(step).first(rows.jobs.read)
    }

    /// Applies an event that the run itself caused; answers the member's end, which the run has to be told of.
    private func change(_ stored: JobRow?, _ event: JobEvent) throws -> [WorkflowEvent] {
        guard let stored, let membership = stored.job.membership,
            case .change(let transition) = try decide(event, on: stored.job)
        else { return [] }
        let job = try mergeIfTaken(try write(transition, over: stored, because: event), from: stored.job)
        return job.outcome.map { [.memberFinished(step: membership.step, outcome: $0)] } ?? []
    }

    private func newestCommands(of workflow: WorkflowDefinition) throws -> [Kind: PinnedCommand] {
        var pinned: [Kind: PinnedCommand] = [:]
        for step in workflow.steps where pinned[step.kind] == nil {
            pinned[step.kind] = try command(step.kind, version: nil)
        }
        return pinned
    }

    private func command(_ kind: Kind, version: Int?) throws -> PinnedCommand? {
        guard let stored = try rows.definition(.command, named: kind.text, version: version),
            case .command(let command) = stored.definition
        else { return nil }
        return PinnedCommand(version: stored.version.version, options: command.jobOptions)
    }
}
#endif
