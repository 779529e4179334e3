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
            var limits = JSONLimits(maxBytes: .max, maxDepth: 0, maxElements: 1)
            limits.maxNumberLength = .max
            var scanner = try JSONScanner(lexeme.utf8, limits: limits)
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

    /// Whether it is written as a whole number, of any size: `1` is, `1.0` and `1e0` are not.
    public var isWhole: Bool {
        lexeme.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: "-") }
    }

    /// Whether it is 0, however written.
    public var isZero: Bool { JSONDecimal(lexeme).digits.isEmpty }

    /// Whether both are the same number however written: `1`, `1.0` and `10e-1` are. Exact, not by way of doubles.
    public func isNumericallyEqual(to other: JSONNumber) -> Bool {
        if lexeme == other.lexeme { return true }
        let (one, two) = (JSONDecimal(lexeme), JSONDecimal(other.lexeme))
        return one == two && !one.isCut
    }

    /// Whether it is less than `other`. Exact, not by way of doubles; only numbers whose exponents fit no integer are
    /// told apart by their sign and the direction of the exponent alone.
    public func isLess(than other: JSONNumber) -> Bool {
        JSONDecimal(lexeme).isLess(than: JSONDecimal(other.lexeme))
    }
}

extension JSONNumber {
    /// The one way in which this number is written: whole numbers and fractions of ordinary size with all their digits, others
    /// as whole digits and an exponent.
    var canon: String {
        let decimal = JSONDecimal(lexeme)
        return decimal.isCut ? lexeme : decimal.canon
    }
}

extension JSONNumber: ExpressibleByIntegerLiteral {
    /// A whole number.
    public init(integerLiteral value: Int) { self.init(value) }
}
