/// What a person types of an identifier: its first digits (at least six), its last eight, or all of it.
///
/// Identifiers made close together begin alike, so their ends are what people copy from a list; their beginnings are
/// what they remember of a day.
public struct PartialID: Sendable, Hashable, CustomStringConvertible {
    /// The digits in lower case, without hyphens.
    public let digits: String

    /// The fewest digits that may stand for a beginning.
    public static let fewestDigits = 6
    /// How many digits stand for an end.
    public static let endDigits = 8

    /// Reads hexadecimal digits, with hyphens or without; nil for anything else, or for too few or too many.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 36 else { return nil }
        let digits = text.lowercased().filter { $0 != "-" }
        guard (Self.fewestDigits...32).contains(digits.count), digits.allSatisfy(\.isHexDigit),
            digits.allSatisfy(\.isASCII),
            !text.hasPrefix("-")
        else { return nil }
        self.digits = digits
    }

    /// The identifier, when all of it was given.
    public var whole: UUIDv7? { digits.count == 32 ? range.lowerBound : nil }

    /// The identifiers that begin so.
    public var range: ClosedRange<UUIDv7> { filled(with: "0")...filled(with: "f") }

    /// True when it may be the end of an identifier.
    public var mayBeEnd: Bool { digits.count == Self.endDigits }

    /// True when `id` ends so.
    public func isEnd(of id: UUIDv7) -> Bool { mayBeEnd && UInt64(digits, radix: 16) == id.low & 0xFFFF_FFFF }

    /// True when `id` begins so or ends so.
    public func matches(_ id: UUIDv7) -> Bool { range.contains(id) || isEnd(of: id) }

    private func filled(with digit: Character) -> UUIDv7 {
        let full = digits + String(repeating: digit, count: 32 - digits.count)
        // Sixteen hexadecimal digits always are such a number.
        return UUIDv7(high: UInt64(full.prefix(16), radix: 16) ?? 0, low: UInt64(full.suffix(16), radix: 16) ?? 0)
    }

    /// The digits.
    public var description: String { digits }
}

extension UUIDv7 {
    /// The smallest identifier that can have been made at `wall`; what was made before it is smaller.
    public init(firstAt wall: WallTime) {
        self.init(high: (UInt64(max(0, wall.microseconds / 1_000)) & 0xFFFF_FFFF_FFFF) << 16, low: 0)
    }

    /// Every identifier there is.
    public static let all = UUIDv7(high: 0, low: 0)...UUIDv7(high: .max, low: .max)
}
