// Equality of JSON values, as bytes.
//
// Two texts have the same canon exactly when they are the same value: whatever the order of members, the white space, the
// escapes, and however a number is written (`1`, `1.0` and `10e-1` are one number, exactly and not by way of doubles).
// Texts and keys are compared by their bytes.

extension JSONText {
    /// The one way in which this value is written. `defaults`, one object, names members that this one has when it is an
    /// object and they are left out or null. What is no JSON, in a damaged file, is equal to nothing else.
    ///
    /// Complexity: O(n log n) in the length of the text.
    public func canon(with defaults: JSONText? = nil) -> JSONText {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes, limits: .trusted)
        } catch {
            return self
        }
        return (defaults.map { value.filled(from: $0.value()) } ?? value).canonical.text()
    }

    /// Whether both are the same value.
    public func isSame(as other: JSONText, with defaults: JSONText? = nil) -> Bool {
        self == other || canon(with: defaults) == other.canon(with: defaults)
    }
}

extension JSONValue {
    fileprivate var canonical: JSONValue {
        switch self {
        case .null, .bool, .string: self
        case .number(let number): .number(JSONNumber(accepted: number.canon))
        case .array(let elements): .array(elements.map(\.canonical))
        case .object(let members):
            .object(
                members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                    .map { JSONMember($0.key, $0.value.canonical) })
        }
    }

    fileprivate func filled(from defaults: JSONValue) -> JSONValue {
        guard let given = objectValue, let defaults = defaults.objectValue else { return self }
        let present = Set(given.filter { !$0.value.isNull }.map { Array($0.key.utf8) })
        let known = Set(defaults.map { Array($0.key.utf8) })
        return .object(
            given.filter { !$0.value.isNull || !known.contains(Array($0.key.utf8)) }
                + defaults.filter { !present.contains(Array($0.key.utf8)) })
    }
}
