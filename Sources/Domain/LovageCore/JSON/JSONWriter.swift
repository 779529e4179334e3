/// Writes JSON, embedding texts that are JSON already byte for byte.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.object {
///     $0.member("id", job.id.description)
///     $0.member("arguments", job.arguments)
/// }
/// ```
public struct JSONWriter: Sendable {
    private var bytes: [UInt8] = []
    private var needsComma = false

    /// Nothing written.
    public init() {}

    /// What was written; one value when one was.
    public var text: JSONText { JSONText(trusted: bytes) }

    /// An object whose members `body` writes.
    public mutating func object(_ body: (inout JSONWriter) -> Void) { nested("{", "}", body) }

    /// An array whose elements `body` writes.
    public mutating func array(_ body: (inout JSONWriter) -> Void) { nested("[", "]", body) }

    /// `null`.
    public mutating func null() { raw("null") }
    /// A string.
    public mutating func value(_ text: String) {
        separate()
        quote(text)
    }
    /// A boolean.
    public mutating func value(_ bool: Bool) { raw(bool ? "true" : "false") }
    /// A whole number.
    public mutating func value(_ number: some BinaryInteger) { raw(String(number)) }
    /// A number; `null` for one JSON does not have.
    public mutating func value(_ number: Double) { raw(JSONNumber(number)?.lexeme ?? "null") }
    /// A text that is JSON already.
    public mutating func value(_ text: JSONText) {
        separate()
        bytes.append(contentsOf: text.bytes)
    }
    /// Any value.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let bool): self.value(bool)
        case .number(let number): raw(number.lexeme)
        case .string(let text): self.value(text)
        case .array(let elements): array { for element in elements { $0.value(element) } }
        case .object(let members): object { for member in members { $0.member(member.key, member.value) } }
        }
    }

    /// The name of the member whose value is written next.
    public mutating func key(_ key: String) {
        separate()
        quote(key)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }
    /// A member; nil is written as `null`.
    public mutating func member(_ key: String, _ text: String?) {
        self.key(key)
        if let text { value(text) } else { null() }
    }
    /// A member.
    public mutating func member(_ key: String, _ bool: Bool) {
        self.key(key)
        value(bool)
    }
    /// A member; nil is written as `null`.
    public mutating func member(_ key: String, _ number: (some BinaryInteger)?) {
        self.key(key)
        if let number { value(number) } else { null() }
    }
    /// A member; nil is written as `null`.
    public mutating func member(_ key: String, _ number: Double?) {
        self.key(key)
        if let number { value(number) } else { null() }
    }
    /// A member whose value is JSON already; nil is written as `null`.
    public mutating func member(_ key: String, _ text: JSONText?) {
        self.key(key)
        value(text ?? .null)
    }
    /// A member.
    public mutating func member(_ key: String, _ value: JSONValue) {
        self.key(key)
        self.value(value)
    }
    /// A member that is an object.
    public mutating func member(_ key: String, object body: (inout JSONWriter) -> Void) {
        self.key(key)
        object(body)
    }
    /// A member that is an array.
    public mutating func member(_ key: String, array body: (inout JSONWriter) -> Void) {
        self.key(key)
        array(body)
    }

    private mutating func nested(_ open: String, _ close: String, _ body: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(contentsOf: open.utf8)
        needsComma = false
        body(&self)
        bytes.append(contentsOf: close.utf8)
        needsComma = true
    }

    private mutating func raw(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes.append(contentsOf: "\\\"".utf8)
            case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0..<0x20:
                bytes.append(contentsOf: byte < 0x10 ? "\\u000".utf8 : "\\u00".utf8)
                bytes.append(contentsOf: String(byte, radix: 16).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
