#if SQLite
extension Migration {
    /// Version 3: members of workflows for which an equal job stands.
    ///
    /// Their state is a suspended one with the detail 5; `stand_in` names the job that stands for them, also after the
    /// end. The index finds those that an ending job has to tell.
    static let thirdVersion = Migration(
        version: 3,
        sql: """
            ALTER TABLE jobs ADD COLUMN stand_in BLOB;
            CREATE INDEX jobs_merged ON jobs (stand_in, id) WHERE stand_in IS NOT NULL AND state = 0;
            """)
}
#endif
