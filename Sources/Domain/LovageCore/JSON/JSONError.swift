/// Why a text was refused as JSON, and where.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The sort of fault.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// A byte that the grammar does not allow there, a byte order mark included.
        case syntax
        /// More arrays and objects inside each other than the limit.
        case tooDeep
        /// More bytes, or more values, than the limit.
        case tooLarge
        /// A number of more bytes than the limit.
        case numberTooLong
        /// Bytes that are not UTF-8, or an escape that has no UTF-8: half a surrogate pair.
        case invalidUTF8
        /// A key that its object already has, compared after its escapes are resolved.
        case duplicateKey
        /// A complete value, then more.
        case trailingBytes
        /// The text ends inside a value, or holds none.
        case unexpectedEnd
    }

    /// The sort of fault.
    public let code: Code

    /// How many bytes come before the fault; 0 for a text refused by its size, which is not read at all.
    public let offset: Int

    /// The line of the fault, from 1.
    public let line: Int

    /// The column of the fault in Unicode scalars, from 1.
    public let column: Int

    /// The field that holds the fault, such as `arguments.ids[3]`; only known of a number that is too long.
    public var path: String?

    /// One sentence for a person; bytes, like lines and columns, are counted from 1 in it.
    public let description: String

    /// A fault found while reading `bytes`, `offset` bytes in.
    init(_ code: Code, _ sentence: String, at offset: Int, in bytes: [UInt8]) {
        let before = bytes[..<offset]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        self.code = code
        self.offset = offset
        self.line = before.count { $0 == UInt8(ascii: "\n") } + 1
        self.column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
        self.description = "\(sentence) at byte \(offset + 1) (line \(line), column \(column))"
    }

    /// A text refused by its size alone, before one byte of it is read.
    init(size: Int, above maxBytes: Int) {
        self.code = .tooLarge
        self.offset = 0
        self.line = 1
        self.column = 1
        self.description = "JSON has \(size) bytes, more than the \(maxBytes) allowed"
    }
}
