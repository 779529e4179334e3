#if SQLite
import LovageCore
import LovageStore
import LovageWorkflow

/// A run, the row it is stored in, and the machine of its definition.
struct RunEntry {
    let row: Int64
    var run: WorkflowRun
    let machine: WorkflowMachine
}

/// The numbers that a step's state and a run's outcome have in a file. They are never given another meaning.
private enum RunCode {
    static func code(_ state: StepRun.State) -> Int64 {
        switch state {
        case .waiting: 0
        case .running: 1
        case .finished(.succeeded): 10
        case .finished(.failed): 11
        case .finished(.cancelled): 12
        case .finished(.skipped): 13
        case .finished(.unreachable): 14
        }
    }

    static func state(_ code: Int64) throws -> StepRun.State {
        switch code {
        case 0: return .waiting
        case 1: return .running
        case 10: return .finished(.succeeded)
        case 11: return .finished(.failed)
        case 12: return .finished(.cancelled)
        case 13: return .finished(.skipped)
        case 14: return .finished(.unreachable)
        default: throw damaged("a step has state \(code)")
        }
    }

    static func code(_ outcome: WorkflowOutcome) -> Int64 {
        switch outcome {
        case .succeeded: 0
        case .failed: 1
        case .cancelled: 2
        }
    }

    static func outcome(_ code: Int64) throws -> WorkflowOutcome {
        switch code {
        case 0: return .succeeded
        case 1: return .failed
        case 2: return .cancelled
        default: throw damaged("a run has outcome \(code)")
        }
    }
}

extension StoreRows {
    private static let runColumns = """
        row, id, name, version, hash, commands, parameters, submitted, submitted_wall, cancelled, outcome, finished, \
        outputs
        """
    private static let selectRun = SQL("SELECT \(runColumns) FROM workflows WHERE id = ?")
    private static let selectSteps = SQL(
        """
        SELECT name, state, members, succeeded, failed, cancelled, skipped, reason FROM steps WHERE workflow = ? \
        ORDER BY position
        """)
    private static let insertRun = SQL(
        """
        INSERT INTO workflows (id, name, version, hash, commands, parameters, submitted, submitted_wall, cancelled, \
        outcome, finished, outputs) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING row
        """)
    private static let updateRun = SQL(
        "UPDATE workflows SET cancelled = ?, outcome = ?, finished = ?, outputs = ? WHERE row = ?")
    private static let writeStep = SQL(
        """
        INSERT OR REPLACE INTO steps (workflow, position, name, state, members, succeeded, failed, cancelled, skipped, \
        reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)

    /// A run and its row; nil when none has this id.
    func run(_ id: WorkflowID) throws -> (row: Int64, run: WorkflowRun)? {
        guard let (row, run) = try connection.statement(Self.selectRun).bind(id.uuid).first(readRun) else { return nil }
        return (row, try withSteps(run, row))
    }

    /// Runs, newest first.
    func runs(_ filter: WorkflowFilter, _ page: PageRequest) throws -> Page<WorkflowRun> {
        var conditions: [String] = []
        if filter.name != nil { conditions.append("name = ?") }
        if let isFinished = filter.isFinished { conditions.append("outcome IS \(isFinished ? "NOT NULL" : "NULL")") }
        if let outcome = filter.outcome { conditions.append("outcome = \(RunCode.code(outcome))") }
        if filter.first != nil { conditions.append("id >= ?") }
        if page.after != nil { conditions.append("id < ?") }
        let clause = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let statement = try connection.statement(
            built: "SELECT \(Self.runColumns) FROM workflows \(clause) ORDER BY id DESC LIMIT ?")
        if let name = filter.name { statement.bind(name.text) }
        if let first = filter.first { statement.bind(first) }
        if let after = page.after { statement.bind(after) }
        var builder = PageBuilder<(row: Int64, run: WorkflowRun)>(page)
        try statement.bind(page.limit + 1).each { row in
            let found = try readRun(row)
            return builder.add(found, size: found.run.size)
        }
        let found = builder.page(\.run.id.uuid)
        return Page(items: try found.items.map { try withSteps($0.run, $0.row) }, next: found.next)
    }

    /// Stores a run that is new, without its steps; answers its row.
    func insert(_ run: WorkflowRun) throws -> Int64 {
        var commands = JSONWriter()
        commands.object {
            for (kind, version) in run.commands.sorted(by: { $0.key < $1.key }) { $0.member(kind.text, version) }
        }
        let row = try connection.statement(Self.insertRun)
            .bind(run.id.uuid).bind(run.definition.name).bind(run.definition.version).bind(run.definition.hash)
            .bind(commands.text).bind(run.parameters).bind(run.submitted.store).bind(run.submitted.wall.microseconds)
            .bind(run.cancelled).bind(run.outcome.map(RunCode.code)).bind(run.finished).bind(run.outputs)
            .first { $0.int64(0) }
        guard let row else { throw damaged("a run was inserted and is not there") }
        return row
    }

    /// Writes what differs between `old` (nil for a run whose steps are new) and `run`.
    func write(_ run: WorkflowRun, row: Int64, over old: WorkflowRun?) throws {
        for (position, step) in run.steps.enumerated() where old?.steps[position] != step {
            try connection.statement(Self.writeStep)
                .bind(row).bind(position).bind(step.name).bind(RunCode.code(step.state)).bind(step.members)
                .bind(step.ended.succeeded).bind(step.ended.failed).bind(step.ended.cancelled).bind(step.ended.skipped)
                .bind(step.reason).run()
        }
        guard
            old?.cancelled != run.cancelled || old?.outcome != run.outcome || old?.finished != run.finished
                || old?.outputs != run.outputs
        else { return }
        try connection.statement(Self.updateRun)
            .bind(run.cancelled).bind(run.outcome.map(RunCode.code)).bind(run.finished).bind(run.outputs).bind(row)
            .run()
    }

    private func readRun(_ row: PreparedStatement) throws -> (row: Int64, run: WorkflowRun) {
        var commands: [Kind: Int] = [:]
        for member in try OptionsCodec.value(row.json(5)).objectValue ?? [] {
            commands[Kind(trusted: member.key)] = Int(try OptionsCodec.number(member.value))
        }
        let run = WorkflowRun(
            id: WorkflowID(try row.uuid(1)),
            definition: DefinitionVersion(sort: .workflow, name: row.text(2), version: row.int(3), hash: row.text(4)),
            commands: commands, parameters: row.json(6),
            submitted: Moment(store: row.time(7), wall: WallTime(microseconds: row.int64(8))), steps: [],
            cancelled: row.optionalText(9), outcome: try row.optionalInt64(10).map(RunCode.outcome),
            finished: row.optionalTime(11), outputs: row.optionalJSON(12))
        return (row.int64(0), run)
    }

    private func withSteps(_ run: WorkflowRun, _ row: Int64) throws -> WorkflowRun {
        var run = run
        run.steps = try connection.statement(Self.selectSteps).bind(row).all { row in
            var tally = StepRun.Tally()
            tally.succeeded = row.int(3)
            tally.failed = row.int(4)
            tally.cancelled = row.int(5)
            tally.skipped = row.int(6)
            var step = StepRun(
                name: row.text(0), state: try RunCode.state(row.int64(1)), members: row.int(2), ended: tally)
            step.reason = row.optionalText(7)
            return step
        }
        return run
    }
}
#endif
