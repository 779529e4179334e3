#if SQLite
import GRDB
import GRDBSQLite
import LovageStore

/// Opens the two connections of a store.
///
/// One connection writes and checkpoints. The other one reads, so that a page or a long listing never stands between a
/// worker and its claim; it is opened read-only, and cannot checkpoint. Both are serial queues of GRDB's.
enum Connections {
    static func openWriter(_ configuration: SQLiteConfiguration) throws -> DatabaseQueue {
        let database = try DatabaseQueue(path: configuration.path, configuration: options("lovage.sqlite.writer"))
        try database.writeWithoutTransaction { db in
            let connection = try connection(of: db)
            guard try journalMode(connection) == "wal" else {
                throw SQLiteFailure(code: SQLITE_READONLY, message: "the file cannot be given a write-ahead log")
            }
            try connection.execute(
                """
                PRAGMA synchronous = \(configuration.durability.pragma);
                PRAGMA cache_size = -\(max(1, configuration.cacheKibibytes));
                PRAGMA temp_store = MEMORY;
                PRAGMA foreign_keys = OFF;
                """)
        }
        return database
    }

    static func openReader(_ configuration: SQLiteConfiguration) throws -> DatabaseQueue {
        var options = options("lovage.sqlite.reader")
        options.readonly = true
        return try DatabaseQueue(path: configuration.path, configuration: options)
    }

    /// GRDB's handle as the connection our statements are compiled on. Valid while the queue is open.
    static func connection(of db: Database) throws -> SQLiteConnection {
        guard let handle = db.sqliteConnection else { throw SQLiteFailure(code: SQLITE_MISUSE, message: "closed") }
        sqlite3_extended_result_codes(handle, 1)
        return SQLiteConnection(handle)
    }

    private static func journalMode(_ connection: SQLiteConnection) throws -> String {
        try PreparedStatement("PRAGMA journal_mode = WAL", on: connection.handle).first { $0.text(0) } ?? ""
    }

    private static func options(_ label: String) -> Configuration {
        var options = Configuration()
        options.label = label
        options.foreignKeysEnabled = false
        // The lock file keeps other Lovages out. Whoever else holds the file (a backup, a person's sqlite3) gets 5 s.
        options.busyMode = .timeout(5)
        return options
    }
}
#endif
