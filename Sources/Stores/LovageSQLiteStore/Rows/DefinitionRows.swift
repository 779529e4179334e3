#if SQLite
import LovageCore
import LovageStore
import LovageWorkflow

extension StoreRows {
    private static let columns = "sort, name, version, hash, body"
    private static let newest = SQL(
        "SELECT \(columns) FROM definitions WHERE sort = ? AND name = ? ORDER BY version DESC LIMIT 1")
    private static let oneVersion = SQL(
        "SELECT \(columns) FROM definitions WHERE sort = ? AND name = ? AND version = ?")
    private static let newestOfAll = SQL(
        """
        SELECT \(columns) FROM definitions AS each WHERE version = \
        (SELECT max(version) FROM definitions WHERE sort = each.sort AND name = each.name) ORDER BY sort, name
        """)
    private static let insertDefinition = SQL("INSERT INTO definitions (\(columns)) VALUES (?, ?, ?, ?, ?)")
    private static let selectFile = SQL("SELECT contents FROM files WHERE hash = ?")
    private static let insertFile = SQL("INSERT OR IGNORE INTO files (hash, contents) VALUES (?, ?)")

    /// A version of a definition, the newest when `version` is nil.
    func definition(_ sort: Definition.Sort, named name: String, version: Int?) throws -> StoredDefinition? {
        let statement = try connection.statement(version == nil ? Self.newest : Self.oneVersion)
            .bind(sort.rawValue).bind(name)
        if let version { statement.bind(version) }
        return try statement.first(readDefinition)
    }

    /// The newest version of every definition, by sort and name.
    func definitions() throws -> [StoredDefinition] { try connection.statement(Self.newestOfAll).all(readDefinition) }

    /// Stores a definition unless its newest version has the same hash; answers the version that now stands.
    func save(_ draft: DefinitionDraft) throws -> DefinitionVersion {
        let definition = draft.definition
        let newest = try self.definition(definition.sort, named: definition.name, version: nil)?.version
        if let newest, newest.hash == draft.hash { return newest }
        let version = DefinitionVersion(
            sort: definition.sort, name: definition.name, version: (newest?.version ?? 0) + 1, hash: draft.hash)
        try connection.statement(Self.insertDefinition)
            .bind(version.sort.rawValue).bind(version.name).bind(version.version).bind(version.hash)
            .bind(definition.canonicalJSON).run()
        return version
    }

    func file(hash: String) throws -> StoredFile? {
        try connection.statement(Self.selectFile).bind(hash).first { StoredFile(hash: hash, contents: $0.bytes(0)) }
    }

    func save(_ file: StoredFile) throws {
        try connection.statement(Self.insertFile).bind(file.hash).bind(file.contents).run()
    }

    private static let insertProbe = SQL(
        "INSERT OR REPLACE INTO files (hash, contents) VALUES ('probe', zeroblob(262144))")
    private static let deleteProbe = SQL("DELETE FROM files WHERE hash = 'probe'")

    /// Lets the file grow by as much as some hundred jobs need, to see whether it can.
    func insertProbe() throws { try connection.statement(Self.insertProbe).run() }

    /// Leaves the room of the probe to what comes next.
    func deleteProbe() throws { try connection.statement(Self.deleteProbe).run() }

    private func readDefinition(_ row: PreparedStatement) throws -> StoredDefinition {
        guard let sort = Definition.Sort(rawValue: row.text(0)) else { throw damaged("a definition has no known sort") }
        let body = row.json(4)
        _ = try OptionsCodec.value(body)
        return StoredDefinition(
            version: DefinitionVersion(sort: sort, name: row.text(1), version: row.int(2), hash: row.text(3)),
            definition: try Definition(canonicalJSON: body))
    }
}
#endif
