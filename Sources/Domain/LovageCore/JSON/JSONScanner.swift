/// Reads JSON (RFC 8259) token by token, within limits.
///
/// There is one grammar here and three readers of its tokens: validation (`JSONText`), slicing (`JSONText.members`)
/// and building (`JSONValue`). The open containers are kept in `frames`, not on the call stack, so that no input can
/// overflow it, and nothing is allocated per value. Array subscripts stay checked: this reads what strangers send.
struct JSONScanner {
    /// One piece of the text: a scalar, a key (its colon is consumed), or the bracket of a container.
    struct Token {
        enum Kind {
            case beginObject, endObject, beginArray, endArray
            case key, string, number, `true`, `false`, null
        }

        let kind: Kind
        /// Its bytes; for a key or string with the quotes.
        let range: Range<Int>
        /// Whether a key or string has escapes to resolve.
        var isEscaped = false
    }

    /// What the grammar allows next.
    private enum Expectation {
        case value, elementOrEnd, key, keyOrEnd, separatorOrEnd, end
    }

    let bytes: [UInt8]
    var position = 0
    private let limits: JSONLimits?
    private var expectation = Expectation.value
    private var frames: [Frame] = []
    private var keys = JSONKeyLedger()
    private var elements = 0

    private struct Frame {
        let isObject: Bool
        let keys: JSONKeyLedger.Mark
    }

    /// Reads what somebody sent. The size is judged before the bytes are copied.
    init(_ source: some Collection<UInt8>, limits: JSONLimits) throws(JSONError) {
        let count = source.count
        guard count <= limits.maxBytes else { throw JSONError(size: count, above: limits.maxBytes) }
        self.bytes = Array(source)
        self.limits = limits
    }

    /// Reads bytes that were held to their limits earlier: no limits, and keys are not compared again.
    init(trusted bytes: [UInt8]) {
        self.bytes = bytes
        self.limits = nil
    }

    /// The next token, or nil after the one value the text holds.
    mutating func next() throws(JSONError) -> Token? {
        guard let byte = skipWhitespace() else {
            if expectation == .end { return nil }
            throw failure(.unexpectedEnd, bytes.isEmpty ? "JSON is empty" : "JSON ends too early")
        }
        switch expectation {
        case .value:
            return try value(startingWith: byte)
        case .elementOrEnd:
            return byte == UInt8(ascii: "]") ? close() : try value(startingWith: byte)
        case .key:
            return try key(startingWith: byte)
        case .keyOrEnd:
            return byte == UInt8(ascii: "}") ? close() : try key(startingWith: byte)
        case .separatorOrEnd:
            return try afterValue(byte)
        case .end:
            throw failure(.trailingBytes, "JSON goes on after its value")
        }
    }

    /// Reads to the end; answers where the value is, without the white space around it.
    mutating func validate() throws(JSONError) -> Range<Int> {
        guard let first = try next() else { return 0..<0 }
        var end = first.range.upperBound
        while let token = try next() { end = token.range.upperBound }
        return first.range.lowerBound..<end
    }

    func failure(_ code: JSONError.Code, _ sentence: String, at offset: Int? = nil) -> JSONError {
        JSONError(code, sentence, at: offset ?? position, in: bytes)
    }
}

// MARK: - Structure

extension JSONScanner {
    private mutating func afterValue(_ byte: UInt8) throws(JSONError) -> Token? {
        let isObject = frames.last?.isObject ?? false
        switch (byte, isObject) {
        case (UInt8(ascii: ","), _):
            position += 1
            expectation = isObject ? .key : .value
            return try next()
        case (UInt8(ascii: "]"), false), (UInt8(ascii: "}"), true):
            return close()
        default:
            throw unexpected(byte, wanted: isObject ? "',' or '}'" : "',' or ']'")
        }
    }

    private mutating func value(startingWith byte: UInt8) throws(JSONError) -> Token {
        elements += 1
        if let limits, elements > limits.maxElements {
            throw failure(.tooLarge, "JSON has more than \(limits.maxElements) values")
        }
        switch byte {
        case UInt8(ascii: "{"): return try open(.beginObject)
        case UInt8(ascii: "["): return try open(.beginArray)
        default: break
        }
        let token = try scalar(startingWith: byte)
        expectation = frames.isEmpty ? .end : .separatorOrEnd
        return token
    }

    private mutating func scalar(startingWith byte: UInt8) throws(JSONError) -> Token {
        switch byte {
        case UInt8(ascii: "\""):
            let (range, isEscaped) = try scanString()
            return Token(kind: .string, range: range, isEscaped: isEscaped)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let range = try scanNumber()
            guard let limits, range.count > limits.maxNumberLength else { return Token(kind: .number, range: range) }
            var error = failure(
                .numberTooLong,
                "JSON has a number of \(range.count) bytes, more than the \(limits.maxNumberLength) allowed,",
                at: range.lowerBound)
            error.path = JSONPath.text(of: range.lowerBound, in: bytes)
            throw error
        case UInt8(ascii: "t"): return Token(kind: .true, range: try scanWord("true"))
        case UInt8(ascii: "f"): return Token(kind: .false, range: try scanWord("false"))
        case UInt8(ascii: "n"): return Token(kind: .null, range: try scanWord("null"))
        default: throw unexpected(byte, wanted: "a value")
        }
    }

    private mutating func key(startingWith byte: UInt8) throws(JSONError) -> Token {
        guard byte == UInt8(ascii: "\"") else { throw unexpected(byte, wanted: "a key in quotes") }
        let (range, isEscaped) = try scanString()
        if limits != nil, let frame = frames.last,
            !keys.insert(range, isEscaped: isEscaped, in: bytes, since: frame.keys)
        {
            throw failure(.duplicateKey, "JSON has the same key twice in one object", at: range.lowerBound)
        }
        guard let colon = skipWhitespace() else { throw failure(.unexpectedEnd, "JSON ends too early") }
        guard colon == UInt8(ascii: ":") else { throw unexpected(colon, wanted: "':'") }
        position += 1
        expectation = .value
        return Token(kind: .key, range: range, isEscaped: isEscaped)
    }

    private mutating func open(_ kind: Token.Kind) throws(JSONError) -> Token {
        if let limits, frames.count >= limits.maxDepth {
            throw failure(.tooDeep, "JSON is nested deeper than \(limits.maxDepth) levels")
        }
        let isObject = kind == .beginObject
        frames.append(Frame(isObject: isObject, keys: keys.mark()))
        expectation = isObject ? .keyOrEnd : .elementOrEnd
        position += 1
        return Token(kind: kind, range: position - 1..<position)
    }

    /// Called on the bracket that fits the innermost container.
    private mutating func close() -> Token {
        let frame = frames.removeLast()
        keys.forget(since: frame.keys)
        expectation = frames.isEmpty ? .end : .separatorOrEnd
        position += 1
        return Token(kind: frame.isObject ? .endObject : .endArray, range: position - 1..<position)
    }
}
