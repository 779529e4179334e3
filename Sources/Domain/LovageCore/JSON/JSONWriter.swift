/// Writes JSON without white space, byte after byte, and embeds a `JSONText` as it is.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.object {
///     $0.member("id", job.id.description)
///     $0.member("arguments", raw: job.arguments)
/// }
/// let answer = writer.text
/// ```
///
/// Commas and escapes are the writer's business; that keys differ and that every key has one value is the caller's.
/// Brackets that do not pair are a programming error and stop the program.
public struct JSONWriter: Sendable {
    /// What has been written.
    public private(set) var bytes: [UInt8] = []

    /// The brackets that will close the open containers, the innermost last.
    private var closers: [UInt8] = []
    private var needsComma = false

    /// A writer that has written nothing.
    public init() {}

    /// What was written, as one value. Every container must be closed and something must be written.
    public var text: JSONText {
        precondition(closers.isEmpty, "JSON was taken while an object or array was open")
        precondition(!bytes.isEmpty, "JSON was taken before a value was written")
        return JSONText(trusted: bytes)
    }

    /// Opens an object.
    public mutating func beginObject() { open(UInt8(ascii: "{"), closedBy: UInt8(ascii: "}")) }

    /// Closes the innermost container, an object.
    public mutating func endObject() { close(UInt8(ascii: "}")) }

    /// Opens an array.
    public mutating func beginArray() { open(UInt8(ascii: "["), closedBy: UInt8(ascii: "]")) }

    /// Closes the innermost container, an array.
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// The key of the member whose value is written next.
    public mutating func key(_ key: String) {
        string(key)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A string, escaped where JSON asks for it.
    public mutating func string(_ value: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        for byte in value.utf8 { append(escaped: byte) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// A number as it was written.
    public mutating func number(_ value: JSONNumber) { word(value.lexeme) }

    /// A truth value.
    public mutating func bool(_ value: Bool) { word(value ? "true" : "false") }

    /// `null`.
    public mutating func null() { word("null") }

    /// A text as it is.
    public mutating func raw(_ text: JSONText) {
        separate()
        bytes.append(contentsOf: text.bytes)
    }
}

// MARK: - Bytes

extension JSONWriter {
    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func word(_ word: String) {
        separate()
        bytes.append(contentsOf: word.utf8)
    }

    private mutating func open(_ bracket: UInt8, closedBy closer: UInt8) {
        separate()
        bytes.append(bracket)
        closers.append(closer)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        precondition(closers.popLast() == bracket, "JSON was closed by a bracket that does not fit")
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func append(escaped byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): bytes.append(contentsOf: "\\\"".utf8)
        case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
        case 0x0A: bytes.append(contentsOf: "\\n".utf8)
        case 0x0D: bytes.append(contentsOf: "\\r".utf8)
        case 0x09: bytes.append(contentsOf: "\\t".utf8)
        case 0x00..<0x20:
            bytes.append(contentsOf: (byte < 0x10 ? "\\u000" : "\\u00").utf8)
            bytes.append(contentsOf: String(byte, radix: 16).utf8)
        default: bytes.append(byte)
        }
    }
}
