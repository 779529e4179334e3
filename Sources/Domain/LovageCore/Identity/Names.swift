/// A name people choose: 1 to 200 bytes of letters, digits and `. _ - : / @ +`, starting with a letter, digit or `_`.
///
/// The alphabet keeps names harmless in URLs, file names, logs and terminals; `task:prodcons:queue` is a legal queue
/// (requirement 2.8).
public protocol Name: Sendable, Hashable, Comparable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// What it names, for error messages: `queue`, `kind`.
    static var noun: String { get }
    /// The name itself.
    var text: String { get }
    /// Takes a text that is known to be a legal name.
    init(trusted text: String)
}

/// Says which name was refused and why.
public struct InvalidName: Error, Sendable, Hashable, CustomStringConvertible {
    /// What it should have named.
    public let noun: String
    /// What was given.
    public let text: String
    /// One sentence with the value and the rule it breaks.
    public var description: String {
        "'\(text.prefix(80))' is not a legal \(noun) name: use 1 to 200 letters, digits or . _ - : / @ +, "
            + "beginning with a letter, a digit or _"
    }
}

extension Name {
    /// Checks and takes a name from outside.
    public init(validating text: String) throws(InvalidName) {
        guard Self.isLegal(text) else { throw InvalidName(noun: Self.noun, text: text) }
        self.init(trusted: text)
    }

    /// Takes a name written in the program; an illegal one is a programming error.
    public init(stringLiteral text: String) {
        precondition(Self.isLegal(text), InvalidName(noun: Self.noun, text: text).description)
        self.init(trusted: text)
    }

    /// The name itself.
    public var description: String { text }

    /// Orders as the bytes do, the same in every store.
    public static func < (left: Self, right: Self) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    private static func isLegal(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, bytes.count <= 200 else { return false }
        return (isWord(first)) && bytes.allSatisfy { isWord($0) || ".-:/@+".utf8.contains($0) }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// The name of a sort of work, such as `image.resize`.
public struct Kind: Name {
    /// `kind`.
    public static let noun = "kind"
    /// The name itself.
    public let text: String
    /// Takes a text that is known to be a legal name.
    public init(trusted text: String) { self.text = text }
}

/// The name of a line of jobs.
public struct QueueName: Name {
    /// `queue`.
    public static let noun = "queue"
    /// The name itself.
    public let text: String
    /// Takes a text that is known to be a legal name.
    public init(trusted text: String) { self.text = text }

    /// Where a job goes that names no queue.
    public static let `default`: QueueName = "default"
}
