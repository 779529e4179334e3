// One pass over the bytes, recursion bounded by the depth limit. It checks and, through its visitor, builds: validation
// alone allocates nothing but the keys of the objects it is in.

/// Reads one JSON value from bytes and refuses anything RFC 8259 does not allow, duplicate keys and lone surrogates.
struct JSONScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let limits: JSONLimits
    private(set) var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// Checks that all bytes are one value.
    mutating func validate() throws(JSONError) {
        try begin()
        try skipValue(depth: 1)
        try end()
    }

    /// Reads all bytes as one value.
    mutating func parse() throws(JSONError) -> JSONValue {
        try begin()
        let value = try value(depth: 1)
        try end()
        return value
    }

    /// The ranges of the members of the object the bytes are; nil when they are something else.
    mutating func memberRanges() throws(JSONError) -> [(key: String, value: Range<Int>)]? {
        skipSpace()
        guard peek == UInt8(ascii: "{") else { return nil }
        var members: [(key: String, value: Range<Int>)] = []
        try object { (scanner, key) throws(JSONError) in
            let start = scanner.position
            try scanner.skipValue(depth: 2)
            members.append((key, start..<scanner.position))
        }
        return members
    }

    /// The ranges of the elements of the array the bytes are; nil when they are something else.
    mutating func elementRanges() throws(JSONError) -> [Range<Int>]? {
        skipSpace()
        guard peek == UInt8(ascii: "[") else { return nil }
        var elements: [Range<Int>] = []
        try array { (scanner) throws(JSONError) in
            let start = scanner.position
            try scanner.skipValue(depth: 2)
            elements.append(start..<scanner.position)
        }
        return elements
    }

    // MARK: Values

    private mutating func begin() throws(JSONError) {
        if bytes.count > limits.maxBytes {
            throw error(.tooLarge, "JSON has \(bytes.count) bytes: at most \(limits.maxBytes) are taken", at: limits.maxBytes)
        }
        skipSpace()
    }

    private mutating func end() throws(JSONError) {
        skipSpace()
        if position < bytes.count { throw error(.trailingBytes, "there is more after the JSON value", at: position) }
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        switch peek {
        case UInt8(ascii: "{"):
            try check(depth)
            var members: [JSONMember] = []
            try object { (scanner, key) throws(JSONError) in
                members.append(JSONMember(key, try scanner.value(depth: depth + 1)))
            }
            return .object(members)
        case UInt8(ascii: "["):
            try check(depth)
            var elements: [JSONValue] = []
            try array { (scanner) throws(JSONError) in elements.append(try scanner.value(depth: depth + 1)) }
            return .array(elements)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"):
            try word("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try word("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        default:
            let start = position
            try skipNumber()
            return .number(JSONNumber(trusted: String(decoding: bytes[start..<position], as: UTF8.self)))
        }
    }

    private mutating func skipValue(depth: Int) throws(JSONError) {
        switch peek {
        case UInt8(ascii: "{"):
            try check(depth)
            try object { (scanner, _) throws(JSONError) in try scanner.skipValue(depth: depth + 1) }
        case UInt8(ascii: "["):
            try check(depth)
            try array { (scanner) throws(JSONError) in try scanner.skipValue(depth: depth + 1) }
        case UInt8(ascii: "\""): try skipString()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: try skipNumber()
        }
    }

    private func check(_ depth: Int) throws(JSONError) {
        if depth > limits.maxDepth {
            throw error(.tooDeep, "JSON is nested deeper than \(limits.maxDepth) levels", at: position)
        }
    }

    private mutating func object(
        _ member: (inout JSONScanner, String) throws(JSONError) -> Void
    ) throws(JSONError) {
        position += 1
        skipSpace()
        var keys = Set<String>()
        if take(UInt8(ascii: "}")) { return }
        while true {
            let start = position
            guard peek == UInt8(ascii: "\"") else { throw unexpected("a key in double quotes") }
            let key = try string()
            if !keys.insert(key).inserted { throw error(.duplicateKey, "the key \"\(key.prefix(80))\" stands twice", at: start) }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw unexpected("':'") }
            skipSpace()
            try member(&self, key)
            skipSpace()
            if take(UInt8(ascii: "}")) { return }
            guard take(UInt8(ascii: ",")) else { throw unexpected("',' or '}'") }
            skipSpace()
        }
    }

    private mutating func array(_ element: (inout JSONScanner) throws(JSONError) -> Void) throws(JSONError) {
        position += 1
        skipSpace()
        if take(UInt8(ascii: "]")) { return }
        while true {
            try element(&self)
            skipSpace()
            if take(UInt8(ascii: "]")) { return }
            guard take(UInt8(ascii: ",")) else { throw unexpected("',' or ']'") }
            skipSpace()
        }
    }

    private mutating func word(_ word: StaticString) throws(JSONError) {
        for offset in 0..<word.utf8CodeUnitCount {
            guard position + offset < bytes.count else { throw error(.unexpectedEnd, "JSON ends too early", at: bytes.count) }
            guard bytes[position + offset] == word.utf8Start[offset] else { throw unexpected("a value") }
        }
        position += word.utf8CodeUnitCount
    }

    private mutating func skipNumber() throws(JSONError) {
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")), try !skipDigits(required: true) { return }
        if take(UInt8(ascii: ".")) { _ = try skipDigits(required: true) }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            _ = try skipDigits(required: true)
        }
    }

    private mutating func skipDigits(required: Bool) throws(JSONError) -> Bool {
        let start = position
        while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        if position == start, required { throw unexpected("a value") }
        return true
    }

    // MARK: Strings

    private mutating func string() throws(JSONError) -> String {
        let start = position + 1
        let isPlain = try skipString()
        let slice = bytes[start..<(position - 1)]
        return isPlain ? String(decoding: slice, as: UTF8.self) : Self.unescaped(slice)
    }

    /// Moves past a string; answers whether it has no escapes.
    @discardableResult
    private mutating func skipString() throws(JSONError) -> Bool {
        let start = position
        position += 1
        var isPlain = true
        var isASCII = true
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                if !isASCII { try checkUTF8(start..<position) }
                return isPlain
            case UInt8(ascii: "\\"):
                isPlain = false
                try skipEscape()
            case 0..<0x20: throw error(.syntax, "a control character in a string must be escaped", at: position)
            default:
                if byte >= 0x80 { isASCII = false }
                position += 1
            }
        }
        throw error(.unexpectedEnd, "JSON ends inside a string", at: bytes.count)
    }

    private func checkUTF8(_ range: Range<Int>) throws(JSONError) {
        if String(validating: bytes[range], as: UTF8.self) == nil {
            throw error(.invalidUTF8, "a string is not valid UTF-8", at: range.lowerBound)
        }
    }

    private mutating func skipEscape() throws(JSONError) {
        let start = position
        position += 1
        guard let byte = peek else { throw error(.unexpectedEnd, "JSON ends inside a string", at: bytes.count) }
        position += 1
        switch byte {
        case UInt8(ascii: "u"):
            let unit = try hexUnit()
            if (0xDC00...0xDFFF).contains(unit) { throw loneSurrogate(at: start) }
            guard (0xD800...0xDBFF).contains(unit) else { return }
            guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")), (0xDC00...0xDFFF).contains(try hexUnit()) else {
                throw loneSurrogate(at: start)
            }
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return
        default: throw error(.syntax, "an unknown escape in a string", at: start)
        }
    }

    private func loneSurrogate(at offset: Int) -> JSONError {
        error(.invalidUTF8, "an escaped surrogate stands alone", at: offset)
    }

    private mutating func hexUnit() throws(JSONError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw error(.unexpectedEnd, "JSON ends inside a string", at: bytes.count) }
        guard let unit = Self.hex(bytes[position..<(position + 4)]) else {
            throw error(.syntax, "four hexadecimal digits are expected after \\u", at: position)
        }
        position += 4
        return unit
    }

    private static func hex(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> UInt32? {
        var unit: UInt32 = 0
        for byte in digits {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return unit
    }

    /// Replaces the escapes of a string that was checked.
    private static func unescaped(_ slice: Slice<UnsafeBufferPointer<UInt8>>) -> String {
        var units: [UInt8] = []
        units.reserveCapacity(slice.count)
        var index = slice.startIndex
        while index < slice.endIndex {
            guard slice[index] == UInt8(ascii: "\\") else {
                units.append(slice[index])
                index += 1
                continue
            }
            let escape = slice[index + 1]
            index += 2
            switch escape {
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0C)
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "u"):
                var scalar = hex(slice[index..<(index + 4)]) ?? 0
                index += 4
                if (0xD800...0xDBFF).contains(scalar), let low = hex(slice[(index + 2)..<(index + 6)]) {
                    scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
                    index += 6
                }
                units.append(contentsOf: Array(String(Unicode.Scalar(scalar).map(Character.init) ?? "\u{FFFD}").utf8))
            default: units.append(escape)
            }
        }
        return String(decoding: units, as: UTF8.self)
    }

    // MARK: Bytes

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func unexpected(_ wanted: String) -> JSONError {
        position < bytes.count
            ? error(.syntax, "\(wanted) is expected", at: position)
            : error(.unexpectedEnd, "JSON ends where \(wanted) is expected", at: bytes.count)
    }

    private func error(_ code: JSONError.Code, _ sentence: String, at offset: Int) -> JSONError {
        let before = bytes.prefix(offset)
        let line = before.count { $0 == 0x0A } + 1
        let column = offset - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
        return JSONError(
            code: code, offset: offset, line: line, column: column,
            description: "\(sentence) (line \(line), column \(column))")
    }
}
