public import LovageCore

/// Where the credentials live that let others in.
public protocol TokenStore: Sendable {
    /// Keeps a token. At most `TokenRecord.most` are kept: the one that was revoked first goes for a new one.
    func insert(_ draft: TokenDraft) async throws(StoreError) -> TokenAnswer

    /// A token, revoked or not; nil when none has this id.
    func token(_ id: TokenID) async throws(StoreError) -> TokenRecord?

    /// Every token that is kept, the oldest first.
    func tokens() async throws(StoreError) -> [TokenRecord]

    /// Lets nobody in by a token any more; answers it, unchanged when that was so before, nil when none has this id.
    func revokeToken(_ id: TokenID) async throws(StoreError) -> TokenRecord?
}

/// A token to be kept.
public struct TokenDraft: Sendable, Hashable {
    /// What it is looked up by.
    public let id: TokenID
    /// What people call it; no two that are not revoked have the same name.
    public let name: TokenName
    /// What it is for.
    public let kind: TokenKind
    /// The SHA-256 of its text.
    public let digest: TokenDigest

    /// Makes a draft.
    public init(id: TokenID, name: TokenName, kind: TokenKind, digest: TokenDigest) {
        self.id = id
        self.name = name
        self.kind = kind
        self.digest = digest
    }
}

/// A token as it is kept: without its text.
public struct TokenRecord: Sendable, Hashable {
    /// What was handed in.
    public let draft: TokenDraft
    /// When it was made.
    public let created: StoreTime
    /// When it was revoked; nil while it lets somebody in.
    public var revoked: StoreTime?

    /// How many are kept at most.
    public static let most = 200

    /// Makes a record.
    public init(_ draft: TokenDraft, created: StoreTime, revoked: StoreTime? = nil) {
        self.draft = draft
        self.created = created
        self.revoked = revoked
    }
}

/// What became of a token that was to be kept.
public enum TokenAnswer: Sendable, Hashable {
    /// It is kept.
    case created(TokenRecord)
    /// This one has the same name and is not revoked.
    case nameTaken(TokenRecord)
    /// Another one has the same id.
    case idTaken
    /// `TokenRecord.most` are kept, and none of them is revoked.
    case full
}
