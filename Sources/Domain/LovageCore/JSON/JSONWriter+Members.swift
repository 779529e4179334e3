// The comfortable half of the writer: values of Swift's types, containers as closures, members in one call.

extension JSONWriter {
    /// An object whose members `body` writes.
    public mutating func object<Failure>(_ body: (inout JSONWriter) throws(Failure) -> Void) throws(Failure) {
        beginObject()
        try body(&self)
        endObject()
    }

    /// An array whose elements `body` writes.
    public mutating func array<Failure>(_ body: (inout JSONWriter) throws(Failure) -> Void) throws(Failure) {
        beginArray()
        try body(&self)
        endArray()
    }

    /// A string.
    public mutating func value(_ text: String) { string(text) }

    /// A truth value.
    public mutating func value(_ value: Bool) { bool(value) }

    /// A whole number.
    public mutating func value(_ value: some BinaryInteger) { number(JSONNumber(value)) }

    /// A number; infinities and NaN, which JSON does not have, become `null`.
    public mutating func value(_ value: Double) {
        if let finite = JSONNumber(value) { number(finite) } else { null() }
    }

    /// A text as it is.
    public mutating func value(_ text: JSONText) { raw(text) }

    /// A tree.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .number(let value): number(value)
        case .string(let value): string(value)
        case .array(let elements): array { for element in elements { $0.value(element) } }
        case .object(let members): object { for member in members { $0.member(member.key, member.value) } }
        }
    }
}

// MARK: - Members

extension JSONWriter {
    /// A member; nil is written as `null`.
    public mutating func member(_ key: String, _ text: String?) {
        self.key(key)
        if let text { string(text) } else { null() }
    }

    /// A member.
    public mutating func member(_ key: String, _ value: Bool) {
        self.key(key)
        bool(value)
    }

    /// A member; nil is written as `null`.
    public mutating func member(_ key: String, _ number: (some BinaryInteger)?) {
        self.key(key)
        if let number { value(number) } else { null() }
    }

    /// A member; nil, infinities and NaN are written as `null`.
    public mutating func member(_ key: String, _ number: Double?) {
        self.key(key)
        if let number { value(number) } else { null() }
    }

    /// A member that embeds a text as it is; nil is written as `null`.
    public mutating func member(_ key: String, _ text: JSONText?) {
        self.key(key)
        raw(text ?? .null)
    }

    /// A member that embeds a text as it is.
    public mutating func member(_ key: String, raw text: JSONText) {
        self.key(key)
        raw(text)
    }

    /// A member that is a tree.
    public mutating func member(_ key: String, _ value: JSONValue) {
        self.key(key)
        self.value(value)
    }

    /// A member that is an object whose members `body` writes.
    public mutating func member<Failure>(
        _ key: String, object body: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        self.key(key)
        try object(body)
    }

    /// A member that is an array whose elements `body` writes.
    public mutating func member<Failure>(
        _ key: String, array body: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        self.key(key)
        try array(body)
    }
}
