public import LovageCore
public import LovageStore

extension MemoryModel {
    /// Keeps a token.
    public mutating func insert(_ draft: TokenDraft, at now: Moment) -> Effect<TokenAnswer> {
        if tokens[draft.id] != nil { return effect(.idTaken) }
        if let other = tokens.values.first(where: { $0.draft.name == draft.name && $0.revoked == nil }) {
            return effect(.nameTaken(other))
        }
        if tokens.count >= TokenRecord.most {
            let revoked = tokens.values.filter { $0.revoked != nil }
            guard let first = revoked.min(by: { ($0.revokedFirst, $0.draft.id) < ($1.revokedFirst, $1.draft.id) })
            else { return effect(.full) }
            tokens[first.draft.id] = nil
        }
        let record = TokenRecord(draft, created: now.store)
        tokens[draft.id] = record
        return effect(.created(record))
    }

    /// A token.
    public func token(_ id: TokenID) -> TokenRecord? { tokens[id] }

    /// Every token, the oldest first.
    public func allTokens() -> [TokenRecord] {
        tokens.values.sorted { ($0.created, $0.draft.id) < ($1.created, $1.draft.id) }
    }

    /// Lets nobody in by a token any more.
    public mutating func revokeToken(_ id: TokenID, at now: Moment) -> Effect<TokenRecord?> {
        guard var record = tokens[id] else { return effect(nil) }
        if record.revoked == nil { record.revoked = now.store }
        tokens[id] = record
        return effect(record)
    }
}

extension TokenRecord {
    /// When it was revoked, for those that were.
    fileprivate var revokedFirst: StoreTime { revoked ?? created }
}
