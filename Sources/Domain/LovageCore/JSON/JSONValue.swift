/// A JSON value, built; objects keep the order of their members, numbers their digits.
public indirect enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object([JSONMember])

    /// Reads one value.
    public init(parsing bytes: some Collection<UInt8>, limits: JSONLimits = .arguments) throws(JSONError) {
        self = try JSONText.scan(Array(bytes), limits) { (scanner) throws(JSONError) in try scanner.parse() }
    }

    /// The member of this name; nil when there is none, or this is no object.
    public subscript(key: String) -> JSONValue? { objectValue?.first { $0.key == key }?.value }

    /// The element at this index; nil when there is none, or this is no array.
    public subscript(index: Int) -> JSONValue? {
        guard let elements = arrayValue, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// The text of a string.
    public var stringValue: String? { if case .string(let text) = self { text } else { nil } }
    /// The value of a boolean.
    public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The value of a whole number that fits.
    public var intValue: Int? { if case .number(let number) = self { number.int } else { nil } }
    /// The value of a number.
    public var doubleValue: Double? { if case .number(let number) = self { number.double } else { nil } }
    /// The elements of an array.
    public var arrayValue: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
    /// The members of an object.
    public var objectValue: [JSONMember]? { if case .object(let members) = self { members } else { nil } }

    /// The compact text.
    public func text() -> JSONText {
        var writer = JSONWriter()
        writer.value(self)
        return writer.text
    }
}

/// One member of an object.
public struct JSONMember: Sendable, Hashable {
    /// Its name.
    public let key: String
    /// Its value.
    public let value: JSONValue
    /// Makes a member.
    public init(_ key: String, _ value: JSONValue) {
        self.key = key
        self.value = value
    }
}

/// A number by its digits: nothing is lost of one that fits no machine type. Equal when the digits are.
public struct JSONNumber: Sendable, Hashable, CustomStringConvertible {
    /// The digits, as JSON writes them.
    public let lexeme: String

    init(trusted lexeme: String) { self.lexeme = lexeme }

    /// A whole number.
    public init(_ value: some BinaryInteger) { lexeme = String(value) }

    /// A number; nil for infinities and not-a-number, which JSON does not have.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        lexeme = value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
    }

    /// Its value, when it is written as a whole number that fits.
    public var int: Int? { Int(lexeme) }
    /// Its nearest value; nil when it is too large.
    public var double: Double? { Double(lexeme).flatMap { $0.isFinite ? $0 : nil } }
    /// The digits.
    public var description: String { lexeme }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// `null`.
    public init(nilLiteral: ()) { self = .null }
    /// A boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
    /// A number.
    public init(floatLiteral value: Double) { self = JSONNumber(value).map(JSONValue.number) ?? .null }
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object, in the order written.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { JSONMember($0.0, $0.1) })
    }
}
