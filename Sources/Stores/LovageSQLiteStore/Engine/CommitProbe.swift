#if SQLite
import GRDB

/// What one commit costs: one job's row with its indexes, alone in its transaction, in a file and with the settings of
/// a fully durable store. The yardstick of `lovage bench`, because nothing that is stored can take less.
package enum CommitProbe {
    private static let insert = SQL(
        """
        INSERT INTO jobs (id, kind, queue, priority, arguments, submitted, submitted_wall, generation, state, fence, \
        attempts, sequence, failed, crashed, unstarted) \
        VALUES (randomblob(16), 'probe', 'default', 0, zeroblob(200), ?1, ?1, 1, 1, 0, 0, ?1, 0, 0, 0)
        """)

    /// Commits this many rows to a new file at `path`, one by one, and calls `committed` after each.
    package static func run(path: String, commits: Int, committed: () -> Void) throws {
        let database = try Connections.openWriter(SQLiteConfiguration(path: path))
        try database.writeWithoutTransaction { db in
            let connection = try Connections.connection(of: db)
            defer { connection.finish() }
            try Migration.run(Migration.all, on: connection, attempted: "measure a commit")
            for sequence in 0..<Int64(commits) {
                try connection.statement(insert).bind(sequence).run()
                committed()
            }
        }
        try database.close()
    }
}
#endif
