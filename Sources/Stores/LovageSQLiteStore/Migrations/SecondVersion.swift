#if SQLite
extension Migration {
    /// Version 2: pages and purges that do not walk through history.
    ///
    /// Version 1 found the waiting jobs of a queue, oldest or newest first, and the jobs that did not succeed only by
    /// looking at every job there is.
    static let secondVersion = Migration(
        version: 2,
        sql: """
            CREATE INDEX jobs_waiting ON jobs (queue, id) WHERE state < 3;
            CREATE INDEX jobs_unsuccessful ON jobs (id) WHERE finished IS NOT NULL AND detail > 0;
            """)
}
#endif
