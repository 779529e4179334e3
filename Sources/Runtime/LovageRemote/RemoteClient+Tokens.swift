#if Server
package import LovageAPI
package import LovageCore

extension RemoteClient {
    /// Every token that is kept, the oldest first.
    package func tokens() async throws -> [TokenView] {
        let answer: TokensView = try await call(.tokens)
        return answer.tokens
    }

    /// Makes a token; its text is in this answer and nowhere else.
    package func createToken(_ name: TokenName) async throws -> NewTokenView {
        try await call(.createToken, body: TokenRequest(name: name))
    }

    /// Lets nobody in by a token any more.
    package func revokeToken(_ id: TokenID) async throws -> TokenView {
        try await call(.revokeToken, [id.description])
    }
}
#endif
