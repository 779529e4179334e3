#if SQLite
import GRDBSQLite

/// One fixed statement of the store. Its identity is what the compiled form is found by, which is cheaper than its text.
final class SQL: Sendable {
    let text: String
    init(_ text: String) { self.text = text }
}

/// One connection with its compiled statements. Used only on the serial queue of the GRDB queue that opened it.
final class SQLiteConnection {
    let handle: OpaquePointer
    private var fixed: [ObjectIdentifier: PreparedStatement] = [:]
    private var built: [String: PreparedStatement] = [:]

    /// Texts put together at run time have as many forms as there are filters; past this many all are forgotten.
    private static let mostBuilt = 64

    init(_ handle: OpaquePointer) { self.handle = handle }

    /// The compiled form of a fixed statement, ready for its values.
    func statement(_ sql: SQL) throws -> PreparedStatement {
        if let known = fixed[ObjectIdentifier(sql)] { return known.fresh() }
        let statement = try PreparedStatement(sql.text, on: handle)
        fixed[ObjectIdentifier(sql)] = statement
        return statement
    }

    /// The compiled form of a statement whose text was put together.
    func statement(built text: String) throws -> PreparedStatement {
        if let known = built[text] { return known.fresh() }
        if built.count >= Self.mostBuilt { built = [:] }
        let statement = try PreparedStatement(text, on: handle)
        built[text] = statement
        return statement
    }

    /// Runs one or more statements without values.
    func execute(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw SQLiteFailure(handle) }
    }

    /// The first number a query answers.
    func number(_ sql: String) throws -> Int64 {
        try PreparedStatement(sql, on: handle).first { $0.int64(0) } ?? 0
    }

    /// True between BEGIN and COMMIT. SQLite ends a transaction by itself after some errors (a full disk is one).
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Drops all compiled statements, which has to happen before the connection is closed.
    func finish() {
        fixed = [:]
        built = [:]
    }
}
#endif
