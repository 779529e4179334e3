#if SQLite
extension Migration {
    /// Version 4: tokens, by their public id. Of their text only the SHA-256 is kept.
    static let fourthVersion = Migration(
        version: 4,
        sql: """
            CREATE TABLE tokens (
                id TEXT PRIMARY KEY,
                name TEXT NOT NULL,
                kind TEXT NOT NULL,
                digest BLOB NOT NULL CHECK (length(digest) = 32),
                created INTEGER NOT NULL,
                revoked INTEGER
            ) WITHOUT ROWID;
            CREATE UNIQUE INDEX tokens_live ON tokens (name) WHERE revoked IS NULL;
            """)
}
#endif
