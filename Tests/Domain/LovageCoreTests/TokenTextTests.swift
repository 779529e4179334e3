import LovageCore
import Testing

@Suite struct `The text of a token` {
    private static let random = (0..<UInt8(TokenText.randomBytes)).map { $0 &* 37 &+ 5 }
    private static let secret = String(repeating: "a", count: 43)

    @Test func `has its kind, its public id and 43 characters of secret, and is read back`() throws {
        let token = TokenText(.admin, random: Self.random)
        #expect(token.text == "lvg_admin_052a4f7499bee308_LVJ3nMHmCzBVep_E6Q4zWH2ix-wRNluApcrvFDleg6g")
        #expect(TokenText(token.text) == token)
        #expect(token.kind == .admin)
        #expect(token.id == TokenID("052a4f7499bee308"))
    }

    @Test func `may have underscores in its secret`() throws {
        let token = try #require(TokenText("lvg_agent7_0123456789abcdef__-" + String(repeating: "_", count: 41)))
        #expect(token.kind == TokenKind("agent7"))
    }

    @Test(arguments: [
        "", "lvg", "lvg_admin_0123456789abcdef", "lvg_admin_0123456789abcdef_", "lvg_admin_0123456789abcdef_\(secret)a",
        "lvg_admin_0123456789abcdef_\(secret.dropLast())", "lvg_admin_0123456789abcdef_\(secret.dropLast())=",
        "lvg_admin_0123456789ABCDEF_\(secret)", "lvg_admin_0123456789abcde_\(secret)",
        "lvg_Admin_0123456789abcdef_\(secret)", "lvg__0123456789abcdef_\(secret)",
        "LVG_admin_0123456789abcdef_\(secret)",
        " lvg_admin_0123456789abcdef_\(secret)", "lvg_admin_0123456789abcdef_\(secret)\n",
        "lvg_admin_0123456789abcdef_\(secret.dropLast())ü",
    ])
    func `is refused when anything of it is missing or strange`(_ text: String) {
        #expect(TokenText(text) == nil)
    }

    @Test func `does not show its secret`() {
        let token = TokenText(.admin, random: Self.random)
        for shown in ["\(token)", String(reflecting: token), "\([token])", "\(Optional(token) as Any)"] {
            #expect(!shown.contains("LVJ3"), "\(shown)")
            #expect(shown.contains("lvg_admin_052a4f7499bee308"))
        }
    }

    @Test func `matches only the hash of itself`() {
        let bytes = [UInt8](repeating: 7, count: 32)
        #expect(TokenDigest(bytes).matches(TokenDigest(bytes)))
        for place in bytes.indices {
            var other = bytes
            other[place] ^= 1
            #expect(!TokenDigest(bytes).matches(TokenDigest(other)))
        }
        #expect(!TokenDigest(bytes).matches(TokenDigest([])))
        #expect(!TokenDigest(bytes).matches(TokenDigest(bytes + [7])))
    }
}
