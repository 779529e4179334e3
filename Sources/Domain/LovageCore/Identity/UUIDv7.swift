/// A 128-bit identifier whose first 48 bits are milliseconds since 1970 (RFC 9562, section 5.7).
///
/// Sorting by its bytes sorts by time of creation, which keeps index pages of new rows together.
public struct UUIDv7: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The most significant 64 bits: time, version and 12 random bits.
    public let high: UInt64
    /// The least significant 64 bits: variant and 62 random bits.
    public let low: UInt64

    /// Takes two words as they are; for reading back what was stored.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Makes an identifier for `wall` from 74 bits of `random`; a time before 1970 counts as 1970.
    public init(at wall: WallTime, using random: inout some RandomNumberGenerator) {
        let milliseconds = UInt64(max(0, wall.microseconds / 1000)) & 0xFFFF_FFFF_FFFF
        high = milliseconds << 16 | 0x7000 | random.next() & 0x0FFF
        low = random.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    }

    /// Reads the 36-character form, such as `01930a3e-…`; nil for anything else.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for (index, byte) in bytes.enumerated() {
            if Self.hyphens.contains(index) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let value = Self.hexValue(byte) else { return nil }
            if digits < 16 { words.0 = words.0 << 4 | value } else { words.1 = words.1 << 4 | value }
            digits += 1
        }
        self.init(high: words.0, low: words.1)
    }

    /// The 16 bytes, most significant first.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
            for index in 0..<8 { buffer[index] = UInt8(truncatingIfNeeded: high >> (56 - 8 * index)) }
            for index in 0..<8 { buffer[8 + index] = UInt8(truncatingIfNeeded: low >> (56 - 8 * index)) }
            count = 16
        }
    }

    /// Reads 16 bytes, most significant first; nil for another count.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        let high = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let low = bytes.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        self.init(high: high, low: low)
    }

    /// The 36-character form in lower case.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        let source = bytes
        return String(unsafeUninitializedCapacity: 36) { buffer in
            var position = 0
            for byte in source {
                if Self.hyphens.contains(position) {
                    buffer[position] = UInt8(ascii: "-")
                    position += 1
                }
                buffer[position] = digits[Int(byte >> 4)]
                buffer[position + 1] = digits[Int(byte & 15)]
                position += 2
            }
            return position
        }
    }

    /// Orders by time of creation, then by the random bits.
    public static func < (left: Self, right: Self) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    private static let hyphens = [8, 13, 18, 23]

    private static func hexValue(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
