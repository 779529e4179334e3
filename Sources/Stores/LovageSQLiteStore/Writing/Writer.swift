#if SQLite
import GRDB
import LovageCore
import LovageStore
import Synchronization

/// Commits groups of operations on the one connection that writes.
///
/// Unchecked, because the transaction's caches and statements are not safe to share: `commit` and `finish` run only on
/// the serial queue of the writing `DatabaseQueue`, one after the other. `problem` is read from anywhere.
final class Writer: @unchecked Sendable {
    let problem = Mutex<StoreError?>(nil)
    /// Claims that wait for work.
    let claims: ClaimQueue
    private let transaction: WriteTransaction
    private let log: WriteAheadLog
    private let wakeUps: WakeUpHub
    private let faults: SQLiteFaults
    /// Set once the file was found damaged or the disk did not confirm a write, for as long as it is open.
    private var damage: StoreError?
    private let unconfirmed: @Sendable (StoreError) -> Void

    private var connection: SQLiteConnection { transaction.connection }

    init(
        _ transaction: WriteTransaction, wakeUps: WakeUpHub, faults: SQLiteFaults,
        unconfirmed: @escaping @Sendable (StoreError) -> Void
    ) {
        self.transaction = transaction
        claims = transaction.claims
        log = WriteAheadLog(of: transaction.connection.handle)
        self.wakeUps = wakeUps
        self.unconfirmed = unconfirmed
        self.faults = faults
    }

    private static let begin = SQL("BEGIN IMMEDIATE")
    private static let commit = SQL("COMMIT")
    private static let rollback = SQL("ROLLBACK")
    private static let savepoint = SQL("SAVEPOINT operation")
    private static let release = SQL("RELEASE operation")
    private static let rollbackOne = SQL("ROLLBACK TO operation")

    /// What became of the operations of a group before its commit.
    private struct Applied {
        var answers: [@Sendable () -> Void] = []
        var answered: [Operation] = []
        var refusals: [(Operation, StoreError)] = []
    }

    /// Applies and commits a group, then wakes those who listen and answers every caller.
    func commit(_ group: [Operation]) {
        if let damage { return refuse(group, damage) }
        var applied = Applied()
        do {
            try apply(group, &applied)
            try transaction.serveClaims()
        } catch {
            return fail(group, error)
        }
        do {
            let stored = try store()
            for given in stored.given { given.claim.answer(.success(given.jobs)) }
            claims.putDown()
            // Before the answers: whoever was answered and then listens is not woken by what it was told already.
            wakeUps.wake(stored.wakes)
            for answer in applied.answers { answer() }
            for (operation, refusal) in applied.refusals { operation.refuse(refusal) }
            shortenLog()
        } catch {
            note(error)
            giveUp()
            refuse(applied.answered, error)
            for (operation, refusal) in applied.refusals { operation.refuse(refusal) }
        }
    }

    /// Writes down when this process opened the file, and ends what the previous owner ran in its own slots.
    func begin() throws {
        try connection.statement(Self.begin).run()
        do {
            transaction.beginOperation()
            try transaction.retireLocalWorkers()
            try transaction.touch()
            _ = try store()
        } catch {
            giveUp()
            throw error
        }
    }

    /// Drops what is tied to the connection, so that it can be closed.
    func finish() {
        log.finish()
        connection.finish()
    }

    private func apply(_ group: [Operation], _ applied: inout Applied) throws {
        try connection.statement(Self.begin).run()
        if group.count == 1 {
            // Nobody else's work is to be saved from its failure: the whole transaction is given up.
            transaction.beginOperation()
            applied.answers = [try group[0].perform(transaction)]
            applied.answered = group
            return
        }
        for operation in group {
            try connection.statement(Self.savepoint).run()
            let found = transaction.ledger
            do {
                transaction.beginOperation()
                applied.answers.append(try operation.perform(transaction))
                applied.answered.append(operation)
            } catch {
                // After some errors SQLite has rolled everything back; then the others have lost their work too.
                guard connection.isInTransaction else { throw error }
                try connection.statement(Self.rollbackOne).run()
                transaction.restore(found)
                note(error)
                applied.refusals.append((operation, storeError(error, attempted: operation.attempted)))
            }
            try connection.statement(Self.release).run()
        }
    }

    /// Writes what is known by heart, and commits; answers what follows.
    private func store() throws -> Ledger.Stored {
        try transaction.flush()
        transaction.marks.passBeforeCommit()
        try faults.beforeCommit()
        try connection.statement(Self.commit).run()
        transaction.marks.passAfterCommit()
        return transaction.committed()
    }

    /// Moves a log that is long enough into the file, now that everybody is answered. What is in it stays valid when that
    /// fails, so that nobody is refused for it; only a sync that failed makes the file one not to be written to again.
    private func shortenLog() {
        guard log.isFull else { return }
        do {
            try faults.beforeCheckpoint()
            try log.checkpoint()
        } catch {
            note(error)
        }
    }

    /// The group as a whole failed before its commit. Each of several is tried alone: one call too large for the disk
    /// must not take the others with it.
    private func fail(_ group: [Operation], _ error: any Error) {
        note(error)
        giveUp()
        guard group.count > 1 else { return refuse(group, error) }
        for operation in group { commit([operation]) }
    }

    private func giveUp() {
        defer { claims.putDown() }
        do {
            if connection.isInTransaction { try connection.statement(Self.rollback).run() }
            try transaction.reload()
        } catch {
            // The next BEGIN says it again, and refuses its callers.
            note(error)
        }
    }

    private func refuse(_ operations: [Operation], _ error: any Error) {
        for operation in operations { operation.refuse(storeError(error, attempted: operation.attempted)) }
    }

    /// Remembers a failure of the world for the store's health, which a probe clears; a refused call of one caller is
    /// none. A damaged file is not written to again: that could only damage more of it. Nor is one whose last write the
    /// disk did not confirm: it would be built upon what may be missing.
    private func note(_ error: any Error) {
        let failure = storeError(error, attempted: "write to the store")
        if failure.code == .corrupt { damage = failure }
        if (error as? SQLiteFailure)?.isUnconfirmed == true, damage == nil {
            damage = failure
            unconfirmed(failure)
        }
        guard [.full, .inputOutput, .corrupt, .readOnly, .owned].contains(failure.code) else { return }
        problem.withLock { $0 = failure }
    }
}

/// Where tests make the world fail.
struct SQLiteFaults: Sendable {
    /// Runs between the last change and COMMIT; what it throws, the commit fails with.
    var beforeCommit: @Sendable () throws -> Void = {}
    /// Runs before the log is moved into the file; what it throws, that fails with.
    var beforeCheckpoint: @Sendable () throws -> Void = {}
}
#endif
