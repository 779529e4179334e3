#if SQLite
import LovageCore

extension Migration {
    /// Version 5: unique keys of arguments as JSON values.
    ///
    /// Before, the hash was that of the arguments as they were sent. Jobs that are over hold no key and are left as they are.
    static let fifthVersion = Migration(version: 5, sql: "") { connection in
        let found = try connection.statement(selectUnique).all { row in
            let options = try row.optionalBytes(3).map { try OptionsCodec.decode(JSONText(trusted: $0)) }
            let key = options?.uniqueKey(kind: Kind(trusted: row.text(1)), arguments: row.json(2))
            return (row.int64(0), key?.hash64)
        }
        for (row, hash) in found { try connection.statement(updateHash).bind(hash).bind(row).run() }
    }

    private static let selectUnique = SQL(
        "SELECT row, kind, arguments, options FROM jobs WHERE unique_hash IS NOT NULL AND state < 4")
    private static let updateHash = SQL("UPDATE jobs SET unique_hash = ? WHERE row = ?")
}
#endif
