/// A credential as its holder has it: `lvg_<kind>_<public id>_<43 base64url characters>`.
///
/// The public id is what a server looks it up by; the rest is the secret, 256 random bits. The description leaves the
/// secret out, so that no log and no error shows it by accident.
public struct TokenText: Sendable, Hashable, CustomStringConvertible {
    /// What it is for.
    public let kind: TokenKind
    /// What it is looked up by.
    public let id: TokenID
    /// All of it, the secret included: for whoever sends or hashes it, and for nobody's eyes.
    public let text: String

    /// How many random bytes a new one takes.
    public static let randomBytes = TokenID.bytes + secretBytes
    private static let secretBytes = 32
    private static let secretCharacters = 43
    private static let prefix = "lvg"

    /// Reads one; nil when the text is none.
    public init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "_"), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0].elementsEqual(Self.prefix.utf8),
            let kind = TokenKind(String(Substring(parts[1]))), let id = TokenID(String(Substring(parts[2]))),
            parts[3].count == Self.secretCharacters, parts[3].allSatisfy(Self.alphabet.contains)
        else { return nil }
        self.kind = kind
        self.id = id
        self.text = text
    }

    /// Makes one of `randomBytes` bytes that nobody can guess; any other number of them is a programming error.
    public init(_ kind: TokenKind, random: [UInt8]) {
        precondition(random.count == Self.randomBytes, "a token takes \(Self.randomBytes) random bytes")
        self.kind = kind
        id = TokenID(random: Array(random.prefix(TokenID.bytes)))
        text = "\(Self.prefix)_\(kind)_\(id)_\(Self.base64URL(random.dropFirst(TokenID.bytes)))"
    }

    /// Everything but the secret.
    public var description: String { "\(Self.prefix)_\(kind)_\(id)_…" }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// Base64 with the alphabet of URLs and without padding (RFC 4648, section 5).
    private static func base64URL(_ bytes: ArraySlice<UInt8>) -> String {
        var characters: [UInt8] = []
        var (bits, count) = (0, 0)
        for byte in bytes {
            (bits, count) = (bits << 8 | Int(byte), count + 8)
            while count >= 6 {
                count -= 6
                characters.append(alphabet[bits >> count & 63])
            }
            bits &= (1 << count) - 1
        }
        if count > 0 { characters.append(alphabet[bits << (6 - count) & 63]) }
        return String(decoding: characters, as: UTF8.self)
    }
}

/// What a token is looked up by: 16 hexadecimal digits in lower case. No secret.
public struct TokenID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The digits.
    public let description: String
    static let bytes = 8

    /// Reads one; nil when the text is none.
    public init?(_ text: String) {
        guard text.utf8.count == 2 * Self.bytes, text.utf8.allSatisfy(Self.digits.contains) else { return nil }
        description = text
    }

    init(random: [UInt8]) {
        description = String(
            decoding: random.flatMap { [Self.digits[Int($0 >> 4)], Self.digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Orders as the digits do.
    public static func < (left: Self, right: Self) -> Bool { left.description < right.description }

    private static let digits = Array("0123456789abcdef".utf8)
}

/// What a token is for: 1 to 32 lower-case letters and digits. Which kinds give which rights is the server's affair.
public struct TokenKind: Sendable, Hashable, CustomStringConvertible {
    /// The word.
    public let description: String

    /// Reads one; nil when the text is none.
    public init?(_ text: String) {
        guard (1...32).contains(text.utf8.count),
            text.utf8.allSatisfy({
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            })
        else { return nil }
        description = text
    }

    private init(trusted text: String) { description = text }

    /// May do everything.
    public static let admin = TokenKind(trusted: "admin")
}

/// The name people give a token, such as `laptop`.
public struct TokenName: Name {
    /// `token`.
    public static let noun = "token"
    /// The name itself.
    public let text: String
    /// Takes a text that is known to be a legal name.
    public init(trusted text: String) { self.text = text }
}

/// What a server keeps of a token's text: its SHA-256.
public struct TokenDigest: Sendable, Hashable {
    /// The 32 bytes.
    public let bytes: [UInt8]
    /// Takes the hash of a token's text.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether both are of the same text. It takes as long for any two of the same length, so that nobody learns from the
    /// time it takes how much of a guess was right.
    public func matches(_ other: TokenDigest) -> Bool {
        guard bytes.count == other.bytes.count else { return false }
        var difference: UInt8 = 0
        for (left, right) in zip(bytes, other.bytes) { difference |= left ^ right }
        return difference == 0
    }
}
