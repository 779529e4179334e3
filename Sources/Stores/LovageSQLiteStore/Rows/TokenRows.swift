#if SQLite
import LovageCore
import LovageStore

extension StoreRows {
    private static let columns = "id, name, kind, digest, created, revoked"
    private static let selectToken = SQL("SELECT \(columns) FROM tokens WHERE id = ?")
    private static let selectTokens = SQL("SELECT \(columns) FROM tokens ORDER BY created, id")
    private static let namesake = SQL("SELECT \(columns) FROM tokens WHERE name = ? AND revoked IS NULL")
    private static let insertToken = SQL("INSERT INTO tokens (\(columns)) VALUES (?, ?, ?, ?, ?, NULL)")
    private static let updateRevoked = SQL("UPDATE tokens SET revoked = ? WHERE id = ? AND revoked IS NULL")
    private static let countTokens = SQL("SELECT count(*) FROM tokens")
    private static let dropRevoked = SQL(
        """
        DELETE FROM tokens WHERE id = (SELECT id FROM tokens WHERE revoked IS NOT NULL ORDER BY revoked, id LIMIT 1)
        """)

    func token(_ id: TokenID) throws -> TokenRecord? {
        try connection.statement(Self.selectToken).bind(id.description).first(readToken)
    }

    func tokens() throws -> [TokenRecord] { try connection.statement(Self.selectTokens).all(readToken) }

    func insert(_ draft: TokenDraft, at now: StoreTime) throws -> TokenAnswer {
        if try token(draft.id) != nil { return .idTaken }
        if let other = try connection.statement(Self.namesake).bind(draft.name.text).first(readToken) {
            return .nameTaken(other)
        }
        let count = try connection.statement(Self.countTokens).first { $0.int(0) } ?? 0
        if count >= TokenRecord.most, try connection.statement(Self.dropRevoked).run() == 0 { return .full }
        try connection.statement(Self.insertToken)
            .bind(draft.id.description).bind(draft.name.text).bind(draft.kind.description).bind(draft.digest.bytes)
            .bind(now).run()
        return .created(TokenRecord(draft, created: now))
    }

    func revokeToken(_ id: TokenID, at now: StoreTime) throws -> TokenRecord? {
        try connection.statement(Self.updateRevoked).bind(now).bind(id.description).run()
        return try token(id)
    }

    private func readToken(_ row: PreparedStatement) throws -> TokenRecord {
        guard let id = TokenID(row.text(0)), let kind = TokenKind(row.text(2)) else {
            throw damaged("a token has no legal id or kind")
        }
        let draft = TokenDraft(
            id: id, name: TokenName(trusted: row.text(1)), kind: kind, digest: TokenDigest(row.bytes(3)))
        return TokenRecord(draft, created: row.time(4), revoked: row.optionalTime(5))
    }
}
#endif
