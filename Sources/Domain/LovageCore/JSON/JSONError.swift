/// What bounds a JSON value before anything is built from it.
public struct JSONLimits: Sendable, Hashable {
    /// Most bytes.
    public var maxBytes: Int
    /// Most levels of nesting.
    public var maxDepth: Int
    /// Makes limits.
    public init(maxBytes: Int, maxDepth: Int) {
        self.maxBytes = maxBytes
        self.maxDepth = maxDepth
    }

    /// Arguments of a job: 1 MiB, 64 levels.
    public static let arguments = JSONLimits(maxBytes: 1 << 20, maxDepth: 64)
    /// The result of an attempt: 1 MiB, 64 levels.
    public static let result = JSONLimits(maxBytes: 1 << 20, maxDepth: 64)
    /// The body of a request: 1 MiB, and room for arguments as deep as allowed inside it.
    public static let body = JSONLimits(maxBytes: 1 << 20, maxDepth: 72)
    /// What our own code wrote: as large as it is.
    public static let trusted = JSONLimits(maxBytes: .max, maxDepth: 512)
}

/// Why bytes are not a JSON value (RFC 8259), or not one we take.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public let code: Code
    /// Where, in bytes from 0.
    public let offset: Int
    /// Where, in lines from 1.
    public let line: Int
    /// Where, in bytes of the line from 1.
    public let column: Int
    /// One sentence.
    public let description: String

    /// What can be wrong.
    public enum Code: String, Sendable, Hashable {
        case syntax, tooDeep, tooLarge, invalidUTF8, duplicateKey, trailingBytes, unexpectedEnd
    }
}
