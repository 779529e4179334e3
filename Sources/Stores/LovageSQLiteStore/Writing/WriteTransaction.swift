#if SQLite
import GRDBSQLite
import LovageCore
import LovageStore

/// What an operation works on inside the shared transaction: jobs in, jobs out, and all that has to stay equal to them.
///
/// One method, `write`, changes a job that is stored. It decides nothing: what an event does to a job is decided by
/// `Job.applying` on a fresh read, and the row is written only where id, state and fence still are as they were read.
final class WriteTransaction {
    let connection: SQLiteConnection
    let rows: StoreRows
    let clock: StoreClock
    var ledger = Ledger()
    /// Runs that are not over and were read or changed lately, with the machine of their definition. Dropped whenever
    /// anything is rolled back.
    var runs: [WorkflowID: RunEntry] = [:]
    /// Runs that ended since the last commit: nobody will ask for them soon.
    var endedRuns: [WorkflowID] = []
    /// Jobs that run, as they were claimed. Dropped with the runs, and whenever leases are written for many at once.
    var claimed = ClaimedRows()
    /// Claims that wait for work.
    let claims = ClaimQueue()
    /// True when claims that wait are to be carried out though nothing became ready: time has passed.
    var looksAhead = false
    /// What need not be asked for. Dropped with the runs.
    var emptyLines = EmptyLines()
    /// Jobs with a unique key that have ended in the present call, with their ends, because what ended may have been
    /// brought back since; those they stand for have not been told yet.
    var endedStandIns: [(id: JobID, end: StandInEnd)] = []
    /// What was done since the last commit, for tests that kill the process beside the next one.
    var marks = CommitMarks()
    /// The present operation's reading of both clocks.
    private(set) var now: Moment
    private var encodedOptions: [JobOptions: JSONText?] = [:]
    /// The options that were written last, and their text: jobs in a row mostly have the same.
    private var lastEncoded: (options: JobOptions, text: JSONText?)?
    private var changesStored: Int32 = 0

    static let mostRuns = 500
    private static let mostEncodedOptions = 1_000

    init(_ connection: SQLiteConnection, _ clock: StoreClock) throws {
        self.connection = connection
        self.clock = clock
        rows = StoreRows(connection)
        now = clock.now()
        try reload()
    }

    func beginOperation() { now = clock.now() }

    /// Puts back what an operation changed that failed alone.
    func restore(_ found: Ledger) {
        ledger = found
        forget()
    }

    /// Reads from the file again what is known by heart, after a transaction that did not come to be.
    func reload() throws {
        forget()
        marks = CommitMarks()
        ledger = try rows.ledger()
        changesStored = sqlite3_total_changes(connection.handle)
    }

    /// Forgets what was read or written inside a transaction that is rolled back.
    private func forget() {
        runs = [:]
        endedRuns = []
        claimed = ClaimedRows()
        emptyLines = EmptyLines()
        endedStandIns = []
    }

    /// Writes what is kept once a commit, unless nothing at all was changed: then the commit writes nothing.
    func flush() throws {
        guard sqlite3_total_changes(connection.handle) != changesStored || !ledger.changed.isEmpty else { return }
        for name in ledger.changed { try rows.write(ledger[name], named: name) }
        try rows.write(clock.kept(at: clock.now()), sequence: ledger.sequence)
    }

    /// Writes down what is kept once a commit, though nothing was changed.
    func touch() throws { try rows.write(clock.kept(at: now), sequence: ledger.sequence) }

    /// The commit is done; answers what follows.
    func committed() -> Ledger.Stored {
        changesStored = sqlite3_total_changes(connection.handle)
        shortenRuns()
        return ledger.takeStored()
    }

    /// Stores a job that is new. `member` is its place among the members of its step.
    func insert(_ job: Job, member: Int? = nil) throws {
        guard try insertUnlessKnown(job, member: member) else {
            throw StoreError(.bug, attempted: "store job \(job.id)", cause: "it is stored already")
        }
    }

    /// Stores a job, unless one with its id is stored; answers whether it did.
    func insertUnlessKnown(_ new: Job, member: Int? = nil) throws -> Bool {
        var job = new
        if job.state == .ready { job.sequence = ledger.sequence + 1 }
        let inserted = try connection.statement(JobColumns.insert)
            .bind(job.id.uuid).bind(job.kind.text).bind(job.queue.text).bind(Int64(job.options.priority))
            .bind(job.arguments).bind(encoded(job.options)).bind(job.definition)
            .bind(job.submitted.store).bind(job.submitted.wall.microseconds)
            .bind(job.membership?.workflow.uuid).bind(job.membership?.step).bind(job.membership?.index).bind(member)
            .bind(job.holdsUniqueKey ? job.uniqueKey?.hash64 : nil).bind(job.generation).bindLife(of: job)
            .bindLease(of: job).bind(job.started).run()
        guard inserted == 1 else { return false }
        if job.state == .ready { ledger.sequence = job.sequence }
        ledger.count(job.state.name, in: job.queue, by: 1)
        ledger.wake(.job(job.id))
        if let membership = job.membership { ledger.wake(.workflow(membership.workflow)) }
        if job.state == .ready { becameReady(job) }
        if job.waitsForTime { ledger.wake(.timers) }
        return true
    }

    /// Writes what the lifecycle decided, if the guard still holds; answers the job as stored.
    func write(_ transition: Transition, over old: JobRow, because event: JobEvent) throws -> Job {
        var job = transition.job
        if transition.takesSequence { job.sequence = ledger.nextSequence() }
        guard try update(job, over: old, transition) == 1 else {
            throw StoreError(
                .bug, attempted: "change job \(job.id)", cause: "it changed between its reading and its writing")
        }
        if job.arguments != old.job.arguments || (job.holdsUniqueKey && !old.job.holdsUniqueKey) {
            try connection.statement(JobColumns.updateArguments)
                .bind(job.arguments).bind(job.uniqueKey?.hash64).bind(old.row).run()
        }
        if job.definition != old.job.definition {
            try connection.statement(JobColumns.updateDefinition)
                .bind(job.definition).bind(encoded(job.options)).bind(old.row).run()
        }
        if case .closed(let number, let started, let end) = transition.attempt {
            CrashPoint.pass("attempt.mid")
            try rows.insert(end, number: number, of: old, started: started, at: now.store)
        }
        claimed.note(job, in: old.row)
        if old.job.holdsUniqueKey, let end = StandInEnd(of: job) { endedStandIns.append((job.id, end)) }
        if old.job.outcome == .succeeded, job.outcome == nil { try rows.keepResult(of: old) }
        if job.state.name != old.job.state.name {
            ledger.count(old.job.state.name, in: job.queue, by: -1)
            ledger.count(job.state.name, in: job.queue, by: 1)
        }
        wakeWatchers(of: job, from: old.job, because: event)
        return job
    }

    private func update(_ job: Job, over old: JobRow, _ transition: Transition) throws -> Int {
        let expected = transition.expected
        if case .opened = transition.attempt, expected.state == .ready {
            return try connection.statement(JobColumns.updateToRunning)
                .bind(job.fence).bind(job.attempts).bindLease(of: job).bind(job.started)
                .bind(old.row).bind(expected.fence).run()
        }
        if expected.state == .running, job.outcome != nil {
            let state = StateColumns(job.state)
            return try connection.statement(JobColumns.updateToFinished)
                .bind(state.detail).bind(state.text).bind(job.fence)
                .bind(job.used.failed).bind(job.used.crashed).bind(job.used.unstarted)
                .bindAccount(of: job).bind(old.row).bind(expected.fence).run()
        }
        return try connection.statement(JobColumns.update)
            .bindLife(of: job).bindPast(of: job)
            .bind(old.row).bind(StateCode.code(expected.state)).bind(expected.fence).run()
    }

    private func encoded(_ options: JobOptions) -> JSONText? {
        if let lastEncoded, lastEncoded.options == options { return lastEncoded.text }
        let text = encodedByContents(options)
        lastEncoded = (options, text)
        return text
    }

    private func encodedByContents(_ options: JobOptions) -> JSONText? {
        var plain = options
        plain.queue = .default
        plain.priority = 0
        if let known = encodedOptions[plain] { return known }
        let text = OptionsCodec.encode(plain)
        if encodedOptions.count >= Self.mostEncodedOptions { encodedOptions = [:] }
        encodedOptions[plain] = .some(text)
        return text
    }

    private func becameReady(_ job: Job) {
        emptyLines.fill(job.kind, in: job.queue)
        ledger.wake(.work)
    }

    private func wakeWatchers(of job: Job, from old: Job, because event: JobEvent) {
        if case .renewed = event { return }
        ledger.wake(.job(job.id))
        if let membership = job.membership { ledger.wake(.workflow(membership.workflow)) }
        guard job.state != old.state else { return }
        if job.state == .ready { becameReady(job) }
        if job.waitsForTime { ledger.wake(.timers) }
        if job.state.name == .finished || (old.isWaiting && job.state.name == .running) {
            ledger.wake(.queue(job.queue))
        }
        if case .running(let lease) = old.state, job.state.name != .running {
            if case .reported = event { return }
            ledger.wake(.worker(lease.worker))
        }
    }
}
#endif
