/// Resolves the escapes of strings that the scanner has accepted.
enum JSONEscapes {
    static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// The text of a key or string token.
    static func string(of token: JSONScanner.Token, in bytes: [UInt8]) -> String {
        let inside = bytes[token.range.lowerBound + 1..<token.range.upperBound - 1]
        guard token.isEscaped else { return String(decoding: inside, as: UTF8.self) }
        return String(decoding: resolved(inside), as: UTF8.self)
    }

    /// The UTF-8 that `escaped`, the inside of an accepted string, stands for.
    static func resolved(_ escaped: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(escaped.count)
        var index = escaped.startIndex
        while index < escaped.endIndex {
            let byte = escaped[index]
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                index += 1
                continue
            }
            switch escaped[index + 1] {
            case UInt8(ascii: "u"): append(unicodeScalar(in: escaped, at: &index), to: &result)
            case let letter:
                result.append(control(letter))
                index += 2
            }
        }
        return result
    }

    private static func control(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: letter  // quote, backslash and slash stand for themselves
        }
    }

    /// Reads `\uXXXX`, or the two of a surrogate pair, and moves `index` behind it.
    private static func unicodeScalar(in escaped: ArraySlice<UInt8>, at index: inout Int) -> Unicode.Scalar {
        var code = codeUnit(in: escaped, at: &index)
        if 0xD800..<0xDC00 ~= code {
            let low = codeUnit(in: escaped, at: &index)
            code = 0x1_0000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        return Unicode.Scalar(code) ?? "\u{FFFD}"
    }

    private static func codeUnit(in escaped: ArraySlice<UInt8>, at index: inout Int) -> UInt32 {
        defer { index += 6 }
        return escaped[index + 2..<index + 6].reduce(0) { $0 << 4 | (hexDigit($1) ?? 0) }
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout [UInt8]) {
        result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
}
