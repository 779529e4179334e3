// The lexical half of the grammar: white space, words, numbers and strings.

extension JSONScanner {
    /// Moves to the next byte that is not white space and answers it; nil at the end.
    mutating func skipWhitespace() -> UInt8? {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): position += 1
            case let byte: return byte
            }
        }
        return nil
    }

    mutating func scanWord(_ word: StaticString) throws(JSONError) -> Range<Int> {
        let start = position
        for index in 0..<word.utf8CodeUnitCount {
            guard position < bytes.count else { throw failure(.unexpectedEnd, "JSON ends too early") }
            guard bytes[position] == word.utf8Start[index] else {
                throw failure(.syntax, "JSON has a word other than true, false and null", at: start)
            }
            position += 1
        }
        return start..<position
    }

    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    mutating func scanNumber() throws(JSONError) -> Range<Int> {
        let start = position
        skip(UInt8(ascii: "-"))
        let integer = position
        try scanDigits()
        if bytes[integer] == UInt8(ascii: "0"), position > integer + 1 {
            throw failure(.syntax, "JSON has a number with a leading zero", at: integer)
        }
        if skip(UInt8(ascii: ".")) { try scanDigits() }
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            if !skip(UInt8(ascii: "+")) { skip(UInt8(ascii: "-")) }
            try scanDigits()
        }
        return start..<position
    }

    private mutating func scanDigits() throws(JSONError) {
        let start = position
        while position < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[position] { position += 1 }
        guard position == start else { return }
        guard position < bytes.count else { throw failure(.unexpectedEnd, "JSON ends too early") }
        throw unexpected(bytes[position], wanted: "a digit")
    }

    @discardableResult
    private mutating func skip(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// A key or string, from quote to quote, and whether it has escapes.
    mutating func scanString() throws(JSONError) -> (range: Range<Int>, isEscaped: Bool) {
        let start = position
        var isEscaped = false
        position += 1
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return (start..<position, isEscaped)
            case UInt8(ascii: "\\"):
                isEscaped = true
                try scanEscape()
            case 0x00..<0x20:
                throw failure(.syntax, "JSON has a control character in a string, which must be escaped")
            case 0x20..<0x80:
                position += 1
            default:
                position += try utf8Length(at: position)
            }
        }
        throw failure(.unexpectedEnd, "JSON ends inside a string")
    }

    private mutating func scanEscape() throws(JSONError) {
        let start = position
        guard position + 1 < bytes.count else {
            throw failure(.unexpectedEnd, "JSON ends inside a string", at: bytes.count)
        }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            switch try scanUnicodeEscape() {
            case 0xD800..<0xDC00:
                guard position < bytes.count else { throw failure(.unexpectedEnd, "JSON ends inside a string") }
                guard try scanLowSurrogate() else {
                    throw failure(.invalidUTF8, "JSON has half a surrogate pair", at: start)
                }
            case 0xDC00..<0xE000:
                throw failure(.invalidUTF8, "JSON has half a surrogate pair", at: start)
            default:
                break
            }
        default:
            throw failure(.syntax, "JSON has an unknown escape in a string")
        }
    }

    /// Whether the other half of a surrogate pair follows; moves behind it.
    private mutating func scanLowSurrogate() throws(JSONError) -> Bool {
        guard bytes[position] == UInt8(ascii: "\\") else { return false }
        guard position + 1 < bytes.count else {
            throw failure(.unexpectedEnd, "JSON ends inside a string", at: bytes.count)
        }
        guard bytes[position + 1] == UInt8(ascii: "u") else { return false }
        return 0xDC00..<0xE000 ~= (try scanUnicodeEscape())
    }

    /// Moves behind `\uXXXX` and answers its number.
    private mutating func scanUnicodeEscape() throws(JSONError) -> UInt32 {
        var code: UInt32 = 0
        for index in position + 2..<position + 6 {
            guard index < bytes.count else {
                throw failure(.unexpectedEnd, "JSON ends inside a string", at: bytes.count)
            }
            guard let digit = JSONEscapes.hexDigit(bytes[index]) else {
                throw failure(.syntax, "JSON has a \\u escape without four hexadecimal digits")
            }
            code = code << 4 | digit
        }
        position += 6
        return code
    }
}

// MARK: - UTF-8

extension JSONScanner {
    /// The length of the character that starts at `offset` with a byte above 0x7F. The Unicode Standard, table 3-7:
    /// the second byte's range rules out overlong forms, surrogates and what lies above U+10FFFF.
    private func utf8Length(at offset: Int) throws(JSONError) -> Int {
        let length: Int
        let second: ClosedRange<UInt8>
        switch bytes[offset] {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw notUTF8(at: offset)
        }
        guard offset + length <= bytes.count, second ~= bytes[offset + 1] else { throw notUTF8(at: offset) }
        for index in offset + 2..<offset + length where bytes[index] & 0xC0 != 0x80 { throw notUTF8(at: offset) }
        return length
    }

    private func notUTF8(at offset: Int) -> JSONError {
        failure(.invalidUTF8, "JSON has bytes that are not UTF-8", at: offset)
    }

    /// The fault of a byte the grammar does not allow here; names the byte when it can be shown.
    func unexpected(_ byte: UInt8, wanted: String) -> JSONError {
        if byte >= 0x80 {
            do { _ = try utf8Length(at: position) } catch { return error }
        }
        if position == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            return failure(.syntax, "JSON starts with a byte order mark")
        }
        guard 0x21..<0x7F ~= byte else { return failure(.syntax, "JSON has a character other than \(wanted)") }
        return failure(.syntax, "JSON has '\(Character(Unicode.Scalar(byte)))' where \(wanted) should be")
    }
}
