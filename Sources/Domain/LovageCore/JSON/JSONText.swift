/// One JSON value as its exact bytes, valid by construction.
///
/// Arguments and results travel as this: what a submitter sent is what a handler gets, byte for byte.
public struct JSONText: Sendable, Hashable, CustomStringConvertible {
    /// The bytes, UTF-8.
    public let bytes: [UInt8]

    /// Checks and takes bytes from outside, without the white space around the value.
    public init(validating bytes: some Collection<UInt8>, limits: JSONLimits = .arguments) throws(JSONError) {
        let bytes = Array(bytes)
        try JSONText.scan(bytes, limits) { (scanner) throws(JSONError) in try scanner.validate() }
        self.bytes = Self.trimmed(bytes)
    }

    /// Checks and takes a text from outside.
    public init(validating text: String, limits: JSONLimits = .arguments) throws(JSONError) {
        try self.init(validating: Array(text.utf8), limits: limits)
    }

    /// Takes bytes that are known to be one valid value, such as those a store kept.
    package init(trusted bytes: [UInt8]) { self.bytes = bytes }

    /// `null`.
    public static let null = JSONText(trusted: Array("null".utf8))
    /// `{}`.
    public static let emptyObject = JSONText(trusted: Array("{}".utf8))

    /// The text.
    public var string: String { String(decoding: bytes, as: UTF8.self) }
    /// The text.
    public var description: String { string }
    /// How many bytes it has.
    public var count: Int { bytes.count }

    /// The value. Complexity: O(bytes).
    public func value() -> JSONValue {
        known { (scanner) throws(JSONError) in try scanner.parse() }
    }

    /// The members of an object with their exact bytes, in their order; nil when it is no object.
    public func members() -> [(key: String, value: JSONText)]? {
        known { (scanner) throws(JSONError) in try scanner.memberRanges() }?
            .map { ($0.key, JSONText(trusted: Array(bytes[$0.value]))) }
    }

    /// The elements of an array with their exact bytes; nil when it is no array.
    public func elements() -> [JSONText]? {
        known { (scanner) throws(JSONError) in try scanner.elementRanges() }?
            .map { JSONText(trusted: Array(bytes[$0])) }
    }

    private func known<Result>(_ body: (inout JSONScanner) throws(JSONError) -> Result) -> Result {
        do {
            return try Self.scan(bytes, .trusted, body)
        } catch {
            preconditionFailure("a JSONText is valid by construction: \(error)")
        }
    }

    static func scan<Result>(
        _ bytes: [UInt8], _ limits: JSONLimits, _ body: (inout JSONScanner) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in
            var scanner = JSONScanner(buffer, limits: limits)
            return try body(&scanner)
        }
    }

    private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
        guard let first = bytes.first, let last = bytes.last, isSpace(first) || isSpace(last) else { return bytes }
        let start = bytes.firstIndex { !isSpace($0) } ?? 0
        let end = bytes.lastIndex { !isSpace($0) } ?? 0
        return Array(bytes[start...end])
    }
}
