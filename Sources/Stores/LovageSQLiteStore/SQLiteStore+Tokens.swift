#if SQLite
public import LovageCore
public import LovageStore

extension SQLiteStore: TokenStore {
    /// Keeps a token.
    public func insert(_ draft: TokenDraft) async throws(StoreError) -> TokenAnswer {
        try await writes.write("keep a token") { try $0.rows.insert(draft, at: $0.now.store) }
    }

    /// A token, revoked or not; nil when none has this id.
    public func token(_ id: TokenID) async throws(StoreError) -> TokenRecord? {
        try await reader.readRow("read a token") { try $0.token(id) }
    }

    /// Every token that is kept, the oldest first.
    public func tokens() async throws(StoreError) -> [TokenRecord] {
        try await reader.read("list tokens") { try $0.tokens() }
    }

    /// Lets nobody in by a token any more; answers it, nil when none has this id.
    public func revokeToken(_ id: TokenID) async throws(StoreError) -> TokenRecord? {
        try await writes.write("revoke a token") { try $0.rows.revokeToken(id, at: $0.now.store) }
    }
}
#endif
