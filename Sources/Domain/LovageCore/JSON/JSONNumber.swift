/// A JSON number as it was written: `1e400`, `0.10` and integers of any length survive.
///
/// Equal when the lexemes are equal; see `isNumericallyEqual(to:)`.
public struct JSONNumber: Sendable, Hashable, CustomStringConvertible {
    /// The number as written, such as `-1.50e3`.
    public let lexeme: String

    /// The number of an integer.
    public init(_ value: some BinaryInteger) {
        self.lexeme = String(value)
    }

    /// The shortest number that reads back as `value`, a whole one without `.0`; nil for infinities and NaN, which
    /// JSON does not have.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        // Above 1e15 the digits of an integer would claim more than a double knows.
        let isWhole = value == value.rounded() && abs(value) < 1e15
        self.lexeme = isWhole ? String(Int64(value)) : value.description
    }

    /// A number written by somebody else; nil if it is not a JSON number.
    public init?(lexeme: String) {
        do {
            var scanner = try JSONScanner(
                lexeme.utf8, limits: JSONLimits(maxBytes: .max, maxDepth: 0, maxElements: 1))
            let range = try scanner.validate()
            guard range.count == scanner.bytes.count, let first = scanner.bytes.first,
                first == UInt8(ascii: "-") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= first
            else { return nil }
        } catch {
            return nil
        }
        self.lexeme = lexeme
    }

    /// A lexeme that the scanner accepted.
    init(accepted lexeme: String) {
        self.lexeme = lexeme
    }

    /// The number as written.
    public var description: String { lexeme }

    /// The value, if it is written as a whole number and fits: `1` is, `1.0` and `1e0` are not.
    public var int: Int? { Int(lexeme) }

    /// The nearest double; nil if it is beyond the range of doubles, such as `1e400`.
    public var double: Double? {
        guard let value = Double(lexeme), value.isFinite else { return nil }
        return value
    }

    /// Whether both are the same number however written: `1`, `1.0` and `10e-1` are. Exact, not by way of doubles.
    public func isNumericallyEqual(to other: JSONNumber) -> Bool {
        if lexeme == other.lexeme { return true }
        guard let one = Decimal(lexeme), let two = Decimal(other.lexeme) else { return false }
        return one == two
    }
}

extension JSONNumber {
    /// The one way in which this number is written: whole numbers and fractions of ordinary size with all their digits, others
    /// as whole digits and an exponent.
    var canon: String {
        guard let decimal = Decimal(lexeme) else { return lexeme }
        return decimal.canon
    }
}

/// A number as significant digits times a power of ten; zero has no digits.
private struct Decimal: Equatable {
    let isNegative: Bool
    let digits: [UInt8]
    let exponent: Int

    /// Nil if the exponent itself does not fit an integer; such numbers are equal only when written the same.
    init?(_ lexeme: String) {
        var mantissa = lexeme.utf8[...]
        var exponent = 0
        if let mark = mantissa.firstIndex(where: { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }) {
            guard let written = Int(lexeme[lexeme.utf8.index(after: mark)...]) else { return nil }
            exponent = written
            mantissa = mantissa[..<mark]
        }
        let isNegative = mantissa.first == UInt8(ascii: "-")
        if isNegative { mantissa = mantissa.dropFirst() }
        let parts = mantissa.split(separator: UInt8(ascii: "."), maxSplits: 1)
        let fraction = parts.count > 1 ? parts[1].count : 0
        var digits = Array(parts.joined().drop { $0 == UInt8(ascii: "0") })
        let significant = digits.lastIndex { $0 != UInt8(ascii: "0") }.map { $0 + 1 } ?? 0
        let (scaled, overflow) = exponent.addingReportingOverflow(digits.count - significant - fraction)
        guard !overflow else { return nil }
        digits.removeSubrange(significant...)
        self.isNegative = isNegative && !digits.isEmpty
        self.digits = digits
        self.exponent = digits.isEmpty ? 0 : scaled
    }

    /// Its digits, with as many zeros around them as a reader takes in, or with an exponent.
    var canon: String {
        guard !digits.isEmpty else { return "0" }
        let text = String(decoding: digits, as: UTF8.self)
        let sign = isNegative ? "-" : ""
        switch exponent {
        case 0...20: return sign + text + String(repeating: "0", count: exponent)
        case -20..<0:
            let zeros = String(repeating: "0", count: max(0, 1 - exponent - digits.count))
            let padded = zeros + text
            let point = padded.index(padded.endIndex, offsetBy: exponent)
            return "\(sign)\(padded[..<point]).\(padded[point...])"
        default: return "\(sign)\(text)e\(exponent)"
        }
    }
}
