#if Server
import Crypto
package import LovageCore
package import LovageStore

/// How tokens come to be, and what is kept of them.
package enum TokenMaking {
    /// A token that nobody can guess, and what a store keeps of it.
    package static func make(
        _ name: TokenName, _ kind: TokenKind, random: (Int) -> [UInt8] = TokenMaking.random
    ) -> (text: TokenText, draft: TokenDraft) {
        let text = TokenText(kind, random: random(TokenText.randomBytes))
        return (text, TokenDraft(id: text.id, name: name, kind: kind, digest: digest(of: text)))
    }

    /// The SHA-256 of a token. A plain hash is enough: what has 256 random bits cannot be found by guessing.
    static func digest(of token: TokenText) -> TokenDigest {
        TokenDigest(Array(SHA256.hash(data: Array(token.text.utf8))))
    }

    /// The system's randomness.
    @Sendable package static func random(_ count: Int) -> [UInt8] {
        var system = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &system) }
    }
}
#endif
