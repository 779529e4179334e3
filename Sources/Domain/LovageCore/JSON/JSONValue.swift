/// A JSON value as a tree. Members keep their order and numbers the way they were written.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    /// Keys differ from each other; what is parsed is held to it, what is built in code should be.
    case object([JSONMember])
}

/// One member of a JSON object.
public struct JSONMember: Sendable, Hashable {
    /// The key, its escapes resolved.
    public var key: String

    /// The value.
    public var value: JSONValue

    /// A member of the given key and value.
    public init(_ key: String, _ value: JSONValue) {
        self.key = key
        self.value = value
    }
}

// MARK: - From and to text

extension JSONValue {
    /// Builds the value that `bytes` hold, if they are JSON within `limits`.
    public init(parsing bytes: some Collection<UInt8>, limits: JSONLimits = .arguments) throws(JSONError) {
        var scanner = try JSONScanner(bytes, limits: limits)
        self = try JSONBuilder.build(from: &scanner)
    }

    /// Builds the value that `string` holds, if it is JSON within `limits`.
    public init(parsing string: String, limits: JSONLimits = .arguments) throws(JSONError) {
        try self.init(parsing: string.utf8, limits: limits)
    }

    /// The value as text without white space.
    public func text() -> JSONText {
        var writer = JSONWriter()
        writer.value(self)
        return writer.text
    }
}

// MARK: - Looking inside

extension JSONValue {
    /// The value of the member `key`; nil if this is not an object or has none. Keys are compared as bytes.
    public subscript(key: String) -> JSONValue? {
        objectValue?.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
    }

    /// The element at `index`; nil if this is not an array or has fewer.
    public subscript(index: Int) -> JSONValue? {
        guard let elements = arrayValue, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// Whether this is `null`.
    public var isNull: Bool { self == .null }

    /// The string; nil if this is none.
    public var stringValue: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The number if it is written as a whole one and fits; nil otherwise.
    public var intValue: Int? {
        guard case .number(let value) = self else { return nil }
        return value.int
    }

    /// The nearest double of a number; nil if this is none or beyond the range of doubles.
    public var doubleValue: Double? {
        guard case .number(let value) = self else { return nil }
        return value.double
    }

    /// The truth value; nil if this is none.
    public var boolValue: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The elements; nil if this is not an array.
    public var arrayValue: [JSONValue]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    /// The members in their order; nil if this is not an object.
    public var objectValue: [JSONMember]? {
        guard case .object(let value) = self else { return nil }
        return value
    }
}
