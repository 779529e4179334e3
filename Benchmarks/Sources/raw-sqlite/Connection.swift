import CSQLite

/// SQLite refused something.
struct SQLiteError: Error, CustomStringConvertible {
    let description: String
}

/// One open file, with the settings of a store that is fully durable.
final class Connection {
    let handle: OpaquePointer

    init(_ path: String) throws {
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE, nil)
        guard code == SQLITE_OK, let opened else { throw SQLiteError(description: "\(path) cannot be opened: \(code)") }
        handle = opened
        try execute(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA cache_size = -65536;
            PRAGMA temp_store = MEMORY;
            PRAGMA wal_autocheckpoint = 4096;
            PRAGMA foreign_keys = OFF;
            """)
    }

    deinit { sqlite3_close_v2(handle) }

    func execute(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw error(sql) }
    }

    func number(_ sql: String) throws -> Int64 {
        let statement = try Statement(sql, on: self)
        guard try statement.step() else { return 0 }
        return statement.int64(0)
    }

    func error(_ attempted: String) -> SQLiteError {
        SQLiteError(description: "\(String(cString: sqlite3_errmsg(handle))) in: \(attempted)")
    }
}

/// A compiled statement. Texts and blobs are bound without a copy, so they must live until the step.
final class Statement {
    private let handle: OpaquePointer
    private let connection: Connection
    private let sql: String

    init(_ sql: String, on connection: Connection) throws {
        var compiled: OpaquePointer?
        let code = sqlite3_prepare_v3(
            connection.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &compiled, nil)
        guard code == SQLITE_OK, let compiled else { throw connection.error(sql) }
        handle = compiled
        self.connection = connection
        self.sql = sql
    }

    deinit { sqlite3_finalize(handle) }

    func bind(_ position: Int32, _ number: Int64) { sqlite3_bind_int64(handle, position, number) }
    func bind(_ position: Int32, blob: UnsafeRawBufferPointer) {
        sqlite3_bind_blob(handle, position, blob.baseAddress, Int32(blob.count), nil)
    }
    func bind(_ position: Int32, text: UnsafeRawBufferPointer) {
        sqlite3_bind_text(
            handle, position, text.bindMemory(to: CChar.self).baseAddress, Int32(text.count), nil)
    }

    /// True when it stands on a row, false when it is done.
    func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            sqlite3_reset(handle)
            return false
        default:
            sqlite3_reset(handle)
            throw connection.error(sql)
        }
    }

    /// Runs a statement without rows that has to change this many of them.
    func run(changing count: Int32? = nil) throws {
        while try step() {}
        if let count, sqlite3_changes(connection.handle) != count {
            throw SQLiteError(description: "changed \(sqlite3_changes(connection.handle)) rows, not \(count): \(sql)")
        }
    }

    func int64(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }
    /// How long a column's text or blob is; reads it from its page.
    func size(_ column: Int32) -> Int {
        _ = sqlite3_column_blob(handle, column)
        return Int(sqlite3_column_bytes(handle, column))
    }
}
