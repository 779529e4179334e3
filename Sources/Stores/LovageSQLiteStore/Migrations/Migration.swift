#if SQLite
import LovageStore

/// One step from one version of the file to the next. Versions only go forward; a step that was released never changes.
struct Migration: Sendable {
    /// The version the file has afterwards.
    let version: Int
    /// The statements that lead there.
    let sql: String
    /// What is done after them, in the same transaction, where statements alone do not lead there.
    var step: (@Sendable (SQLiteConnection) throws -> Void)?

    /// All steps, in order.
    static let all = [firstVersion, secondVersion, thirdVersion, fourthVersion, fifthVersion]

    /// "LVGE": says whose file it is, in the header that `file(1)` and SQLite show.
    static let applicationID: Int64 = 0x4C56_4745

    /// Brings the file to the newest version, each step in a transaction of its own.
    ///
    /// - Throws: `StoreError` with `.newer` when a later program wrote the file, `.corrupt` when it is another
    ///   program's.
    static func run(_ migrations: [Migration], on connection: SQLiteConnection, attempted: String) throws {
        let found = Int(try connection.number("PRAGMA user_version"))
        let owner = try connection.number("PRAGMA application_id")
        let tables = try connection.number("SELECT count(*) FROM sqlite_schema")
        guard owner == applicationID || (owner == 0 && found == 0 && tables == 0) else {
            throw StoreError(
                .corrupt, attempted: attempted,
                cause: "the file is a database of another program; name a file that Lovage made, or a new one")
        }
        let newest = migrations.last?.version ?? 0
        guard found <= newest else {
            throw StoreError(
                .newer, attempted: attempted,
                cause: "the file has version \(found), and this program knows versions up to \(newest); use a newer one"
            )
        }
        for migration in migrations where migration.version > found {
            try connection.execute("BEGIN IMMEDIATE")
            do {
                try connection.execute(migration.sql)
                try migration.step?(connection)
                CrashPoint.pass("migrate.mid")
                try connection.execute("PRAGMA application_id = \(applicationID)")
                try connection.execute("PRAGMA user_version = \(migration.version)")
                try connection.execute("COMMIT")
                CrashPoint.pass("migrate.after_step")
            } catch {
                if connection.isInTransaction { try connection.execute("ROLLBACK") }
                throw error
            }
        }
    }
}
#endif
