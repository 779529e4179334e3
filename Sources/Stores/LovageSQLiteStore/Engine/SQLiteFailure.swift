#if SQLite
import GRDB
import GRDBSQLite
import LovageStore

/// What SQLite answered when it did not do what a statement asked for.
struct SQLiteFailure: Error {
    /// The extended result code.
    let code: Int32
    /// SQLite's own words.
    let message: String

    init(code: Int32, message: String) {
        self.code = code
        self.message = message
    }

    init(_ connection: OpaquePointer?) {
        code = sqlite3_extended_errcode(connection)
        message = sqlite3_errmsg(connection).map { String(cString: $0) } ?? "out of memory"
    }

    /// The result code without its extension.
    var primary: Int32 { code & 0xFF }

    /// True when the disk did not confirm that what was written is on it. The system may have dropped those pages and
    /// say of the next sync that all is well, so that no later answer could be trusted.
    var isUnconfirmed: Bool { code == Self.fileNotSynced || code == Self.folderNotSynced }

    // SQLITE_IOERR_FSYNC and SQLITE_IOERR_DIR_FSYNC, as macros that Swift does not see.
    static let fileNotSynced = SQLITE_IOERR | 4 << 8
    static let folderNotSynced = SQLITE_IOERR | 5 << 8

    /// The failure in the words of the seam, with what to do about it.
    func storeError(attempted: String) -> StoreError {
        switch primary {
        case SQLITE_IOERR where isUnconfirmed:
            StoreError(
                .inputOutput, attempted: attempted,
                cause:
                    "the disk did not confirm what was written, so that it may or may not be stored (\(message), code "
                    + "\(code)); look at the system's log, and open the store again to see")
        case SQLITE_FULL:
            StoreError(
                .full, attempted: attempted,
                cause: "there is no room left for the database (\(message)); free some space, no restart is needed")
        case SQLITE_IOERR:
            StoreError(
                .inputOutput, attempted: attempted,
                cause: "the disk did not do what was asked (\(message), code \(code)); look at the system's log")
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            StoreError(
                .corrupt, attempted: attempted,
                cause: "the database file is damaged or is not a store (\(message)); restore it from a backup")
        case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH:
            StoreError(
                .readOnly, attempted: attempted,
                cause: "the database file or its folder cannot be written (\(message)); check owner and mode")
        case SQLITE_CANTOPEN:
            StoreError(
                .inputOutput, attempted: attempted,
                cause: "the database file cannot be opened (\(message)); check that its folder exists and is writable")
        case SQLITE_BUSY, SQLITE_LOCKED:
            StoreError(
                .owned, attempted: attempted,
                cause: "another program has locked the database file (\(message)); close it and try again")
        case SQLITE_NOMEM:
            StoreError(.environment, attempted: attempted, cause: "there is not enough memory (\(message))")
        default:
            StoreError(.bug, attempted: attempted, cause: "SQLite refused a statement (\(message), code \(code))")
        }
    }
}

/// The seam's word for anything thrown while the store worked on `attempted`.
func storeError(_ error: any Error, attempted: String) -> StoreError {
    switch error {
    case let error as StoreError: error
    case let error as SQLiteFailure: error.storeError(attempted: attempted)
    case let error as DatabaseError:
        SQLiteFailure(code: error.extendedResultCode.rawValue, message: error.message ?? "no message")
            .storeError(attempted: attempted)
    default: StoreError(.bug, attempted: attempted, cause: String(describing: error))
    }
}
#endif
