#if SQLite
import GRDB
import LovageCore
public import LovageStore
import Synchronization

/// A store in one SQLite file, owned by one process.
///
/// Everything that writes goes through one connection and shares its commits with whoever else is waiting
/// (`GroupCommit`); what is read is read on another. What happens to a job is decided by the core; here are rows.
public final class SQLiteStore: Sendable {
    /// Where those who wait for a change are woken.
    public let wakeUps: WakeUpHub
    /// What a crash of the machine may lose although it was answered, in one sentence; nil when nothing.
    public var lossWindow: String? { configuration.durability.lossWindow }

    let clock: StoreClock
    let writes: GroupCommit
    let reader: Reader
    let staleWrites = StaleWrites()
    private let configuration: SQLiteConfiguration
    private let writer: Writer
    private let database: DatabaseQueue
    private let lock: Mutex<OwnerLock?>

    /// Opens a store, or makes one where no file is.
    ///
    /// Takes the file for this process, brings it to the newest version, and ends what the previous owner ran in its own
    /// slots. Blocks until that is done.
    ///
    /// - Throws: `StoreError`: `.owned` when another process has it, `.newer` when a later program wrote it, `.corrupt`
    ///   when it is damaged or no store, `.readOnly`, `.full` or `.inputOutput` when the disk refuses.
    public convenience init(_ configuration: SQLiteConfiguration) throws(StoreError) {
        try self.init(configuration, migrations: Migration.all, faults: SQLiteFaults())
    }

    /// Opens a store with a world that fails on purpose, for tests.
    init(
        _ configuration: SQLiteConfiguration, migrations: [Migration] = Migration.all, faults: SQLiteFaults
    ) throws(StoreError) {
        let lock = try OwnerLock(on: configuration.path)
        let attempted = "open the store \(configuration.path)"
        do {
            let wakeUps = WakeUpHub()
            let database = try Connections.openWriter(configuration)
            let (writer, clock) = try database.writeWithoutTransaction { db in
                let connection = try Connections.connection(of: db)
                try Migration.run(migrations, on: connection, attempted: attempted)
                let clock = StoreClock(configuration.clock, kept: try StoreRows(connection).clock())
                let transaction = try WriteTransaction(connection, clock)
                let writer = Writer(
                    transaction, wakeUps: wakeUps, faults: faults, unconfirmed: configuration.unconfirmed)
                return (writer, clock)
            }
            try database.writeWithoutTransaction { _ in try writer.begin() }
            if configuration.durability == .full { LogSpace.reserve(besides: configuration.path) }
            self.reader = try Reader(try Connections.openReader(configuration))
            self.wakeUps = wakeUps
            self.database = database
            self.writer = writer
            self.clock = clock
            writes = GroupCommit(database, writer)
        } catch {
            throw storeError(error, attempted: attempted)
        }
        self.configuration = configuration
        self.lock = Mutex(consume lock)
    }

    deinit {
        // Whoever forgets to close loses nothing: every answer was stored before it was given.
        _ = Result { try shutDown() }
    }

    /// Finishes what was asked for, refuses what is asked from now on, and gives the file back. Blocks until that is
    /// done; a second call does nothing.
    public func close() throws(StoreError) {
        do {
            try shutDown()
        } catch {
            throw storeError(error, attempted: "close the store \(configuration.path)")
        }
    }

    private func shutDown() throws {
        guard writes.close() else { return }
        defer {
            writes.refuseClaims()
            lock.withLock { $0 = nil }
        }
        try reader.close()
        // Takes its turn behind what waited already.
        database.writeWithoutTransaction { _ in writer.finish() }
        CrashPoint.pass("close.before_checkpoint")
        try database.close()
    }

    /// Whether the store works and what it promises. After a failure the file is asked again, by letting it grow: a
    /// heartbeat, which overwrites what is there, says nothing of a full disk.
    public func health() async -> StoreHealth {
        let problem = await currentProblem()
        return StoreHealth(
            engine: "sqlite", isWritable: problem == nil, problem: problem?.description, lossWindow: lossWindow,
            staleWrites: staleWrites.count)
    }

    private func currentProblem() async -> StoreError? {
        guard let problem = writes.problem, problem.code != .corrupt else { return writes.problem }
        do {
            try await writes.write("write to the store") { try $0.rows.insertProbe() }
            try await writes.write("write to the store") { try $0.rows.deleteProbe() }
            writes.forgetProblem()
            return nil
        } catch {
            return error
        }
    }
}
#endif
