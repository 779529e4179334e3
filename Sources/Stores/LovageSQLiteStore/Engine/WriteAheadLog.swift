#if SQLite
import GRDBSQLite

/// The write-ahead log of the connection that writes: how long it is, and when it is moved into the file.
///
/// SQLite by itself would do that inside the commit that makes the log too long, before that commit's callers are answered.
final class WriteAheadLog {
    private let connection: OpaquePointer
    private var frames = 0

    init(of connection: OpaquePointer) {
        self.connection = connection
        sqlite3_wal_hook(
            connection,
            { context, _, _, frames in
                guard let context else { return SQLITE_OK }
                Unmanaged<WriteAheadLog>.fromOpaque(context).takeUnretainedValue().frames = Int(frames)
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Counts no more; before the connection is closed.
    func finish() { sqlite3_wal_hook(connection, nil, nil) }

    /// True once the log has reached its length (`LogSpace.frames`). The next commit begins it again, if nobody reads what
    /// is in it.
    var isFull: Bool { frames >= LogSpace.frames }

    /// Moves what nobody reads any more into the file, and waits until the disk has confirmed it.
    func checkpoint() throws {
        frames = 0
        switch sqlite3_wal_checkpoint_v2(connection, "main", SQLITE_CHECKPOINT_PASSIVE, nil, nil) {
        // A backup that somebody makes may hold the lock; the next commit asks again.
        case SQLITE_OK, SQLITE_BUSY, SQLITE_LOCKED: return
        default: throw SQLiteFailure(connection)
        }
    }
}
#endif
