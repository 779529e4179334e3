#if Server
import LovageAPI
import LovageCore
import LovageStore

/// Decides whether a request that came in over TCP has a token that lets it in.
struct TokenCheck: Sendable {
    let store: any TokenStore

    /// Compared with when nobody has the id, so that this takes as long as a wrong secret.
    private static let nobody = TokenDigest([UInt8](repeating: 0, count: 32))

    /// The name of the token in these Authorization headers; throws why the request is refused.
    func holder(of authorizations: [String]) async throws -> String {
        guard let said = authorizations.first, authorizations.count == 1 else {
            throw Self.refusal("the server asks for a token")
        }
        guard let token = Self.bearer(said) else {
            throw Self.refusal("the Authorization header holds no token of a Lovage server")
        }
        let record = try await store.token(token.id)
        let isRight = (record?.draft.digest ?? Self.nobody).matches(TokenMaking.digest(of: token))
        guard let record, isRight else { throw Self.refusal("the token \(token) is not one of this server") }
        if record.revoked != nil { throw Self.refusal("the token '\(record.draft.name)' was revoked") }
        // A kind that a later version made may be meant for less than everything.
        guard record.draft.kind == .admin else {
            throw Self.refusal("this version knows no tokens of the kind '\(record.draft.kind)'")
        }
        return record.draft.name.text
    }

    private static func bearer(_ header: String) -> TokenText? {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return TokenText(String(parts[1]))
    }

    private static func refusal(_ sentence: String) -> ProblemView {
        ProblemView(
            .unauthorized, sentence, field: "Authorization",
            hint:
                "send 'Authorization: Bearer …', or give the command line --token-file or LOVAGE_TOKEN; the first token "
                + "is in the file 'token' of the server's data folder")
    }
}
#endif
