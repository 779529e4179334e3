/// A number as significant digits times a power of ten; zero has no digits.
struct JSONDecimal: Equatable {
    let isNegative: Bool
    /// Without zeros at either end, as ASCII.
    let digits: [UInt8]
    let exponent: Int
    /// True when the exponent as written fits no integer; it is the largest or smallest possible one then.
    let isCut: Bool

    /// Takes the lexeme of a JSON number.
    init(_ lexeme: String) {
        var mantissa = lexeme.utf8[...]
        var exponent = 0
        var isCut = false
        if let mark = mantissa.firstIndex(where: { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }) {
            let written = lexeme[lexeme.utf8.index(after: mark)...]
            isCut = Int(written) == nil
            exponent = Int(written) ?? (written.hasPrefix("-") ? .min : .max)
            mantissa = mantissa[..<mark]
        }
        let isNegative = mantissa.first == UInt8(ascii: "-")
        if isNegative { mantissa = mantissa.dropFirst() }
        let parts = mantissa.split(separator: UInt8(ascii: "."), maxSplits: 1)
        let fraction = parts.count > 1 ? parts[1].count : 0
        var digits = Array(parts.joined().drop { $0 == UInt8(ascii: "0") })
        let significant = digits.lastIndex { $0 != UInt8(ascii: "0") }.map { $0 + 1 } ?? 0
        let (scaled, isBeyond) = exponent.addingReportingOverflow(digits.count - significant - fraction)
        if isBeyond { isCut = true }
        digits.removeSubrange(significant...)
        self.isNegative = isNegative && !digits.isEmpty
        self.digits = digits
        self.exponent = digits.isEmpty ? 0 : !isBeyond ? scaled : exponent < 0 ? .min : .max
        self.isCut = isCut && !digits.isEmpty
    }

    /// Whether it is less than `other`.
    func isLess(than other: JSONDecimal) -> Bool {
        if isNegative != other.isNegative { return isNegative }
        return isNegative ? other.isSmaller(than: self) : isSmaller(than: other)
    }

    private func isSmaller(than other: JSONDecimal) -> Bool {
        if digits.isEmpty || other.digits.isEmpty { return digits.isEmpty && !other.digits.isEmpty }
        return size == other.size ? digits.lexicographicallyPrecedes(other.digits) : size < other.size
    }

    /// How many digits stand before its point.
    private var size: Int {
        let (size, isBeyond) = exponent.addingReportingOverflow(digits.count)
        return isBeyond ? .max : size
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
