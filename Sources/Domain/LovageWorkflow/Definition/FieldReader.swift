import LovageCore

extension JSONValue {
    fileprivate var isScalar: Bool { objectValue == nil && arrayValue == nil }
}

/// Reads the fields of definitions and collects everything that is wrong with them, instead of stopping at the first.
struct FieldReader {
    private(set) var faults: [DefinitionFault] = []

    /// The fields of one object, which knows where it stands.
    struct Fields {
        let path: [String]
        let members: [JSONMember]
        /// The value of a field; nil when it is absent or null.
        subscript(name: String) -> JSONValue? { members.first { $0.key == name && $0.value != .null }?.value }
        func has(_ name: String) -> Bool { members.contains { $0.key == name } }
    }

    mutating func report(_ path: [String], _ message: String, hint: String? = nil) {
        faults.append(DefinitionFault(path, message, hint: hint))
    }

    /// The members of an object with any names; nothing with a fault when it is none.
    mutating func object(_ value: JSONValue, at path: [String]) -> Fields? {
        guard let members = value.objectValue else {
            report(path, "'\(path.last ?? "")' must be a mapping of names to values, but is \(value.described)")
            return nil
        }
        return Fields(path: path, members: members)
    }

    /// The members of an object whose names are known; every other one is a fault.
    mutating func fields(_ value: JSONValue, at path: [String], known: [String], of noun: String) -> Fields? {
        guard let fields = object(value, at: path) else { return nil }
        for member in fields.members where !known.contains(member.key) {
            let near = faults.count < DidYouMean.mostHints ? DidYouMean.nearest(to: member.key, among: known) : nil
            report(
                path + [member.key], "\(noun) has no field '\(member.key)'",
                hint: near.map { "did you mean '\($0)'?" } ?? "it has \(known.joined(separator: ", "))")
        }
        return fields
    }

    mutating func require(_ name: String, in fields: Fields, of noun: String) -> JSONValue? {
        if let value = fields[name] { return value }
        report(fields.path + [name], "\(noun) needs the field '\(name)'")
        return nil
    }

    mutating func text(_ name: String, in fields: Fields) -> String? {
        guard let value = fields[name] else { return nil }
        guard let text = value.stringValue else {
            wrong(fields.path + [name], "a text", value, hint: value.isScalar ? "put it in quotes" : nil)
            return nil
        }
        return text
    }

    mutating func bool(_ name: String, in fields: Fields) -> Bool? {
        guard let value = fields[name] else { return nil }
        guard let bool = value.boolValue else {
            wrong(fields.path + [name], "true or false", value)
            return nil
        }
        return bool
    }

    mutating func integer(_ name: String, in fields: Fields, _ range: ClosedRange<Int>) -> Int? {
        guard let value = fields[name] else { return nil }
        guard let number = value.intValue else {
            wrong(fields.path + [name], "a whole number", value)
            return nil
        }
        guard range.contains(number) else {
            let bounds =
                range.upperBound == .max ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
            report(fields.path + [name], "'\(name)' must be \(bounds), but is \(number)")
            return nil
        }
        return number
    }

    mutating func number(_ name: String, in fields: Fields) -> JSONNumber? {
        guard let value = fields[name] else { return nil }
        if case .number(let number) = value { return number }
        wrong(fields.path + [name], "a number", value)
        return nil
    }

    mutating func duration(_ name: String, in fields: Fields) -> Duration? {
        fields[name].flatMap { duration($0, at: fields.path + [name]) }
    }

    mutating func duration(_ value: JSONValue, at path: [String]) -> Duration? {
        if let duration = value.stringValue.flatMap(DurationText.parse) { return duration }
        wrong(path, "a duration", value, hint: "write it like 10s, 5m, 1h30m or 2d")
        return nil
    }

    mutating func size(_ name: String, in fields: Fields) -> Int? {
        guard let value = fields[name] else { return nil }
        if let size = value.stringValue.flatMap(SizeText.parse) { return size }
        if let size = value.intValue, size >= 0 { return size }
        wrong(fields.path + [name], "a size", value, hint: "write it like 512, 64KiB or 10MiB")
        return nil
    }

    mutating func list(_ name: String, in fields: Fields) -> [JSONValue]? {
        guard let value = fields[name] else { return nil }
        if let elements = value.arrayValue { return elements }
        wrong(fields.path + [name], "a list", value, hint: value.stringValue.map { "write [\($0)]" })
        return nil
    }

    /// A list of texts; numbers and booleans in it count as the text they are written as.
    mutating func texts(_ name: String, in fields: Fields) -> [String]? {
        guard let elements = list(name, in: fields) else { return nil }
        return elements.enumerated().compactMap { scalar($0.element, at: fields.path + [name, "\($0.offset)"]) }
    }

    mutating func scalar(_ value: JSONValue, at path: [String]) -> String? {
        switch value {
        case .string, .bool, .number: return value.asText
        case .null, .array, .object:
            wrong(path, "a text", value)
            return nil
        }
    }

    mutating func name<N: Name>(_ value: JSONValue, at path: [String], _ type: N.Type) -> N? {
        guard let text = value.stringValue else {
            wrong(path, "a \(N.noun) name", value)
            return nil
        }
        do {
            return try N(validating: text)
        } catch {
            report(path, error.description)
            return nil
        }
    }

    mutating func choice<Value: RawRepresentable & CaseIterable>(
        _ name: String, in fields: Fields, _ type: Value.Type
    ) -> Value? where Value.RawValue == String {
        guard let text = text(name, in: fields) else { return nil }
        if let value = Value(rawValue: text) { return value }
        let all = Value.allCases.map(\.rawValue)
        report(
            fields.path + [name], "'\(name)' must be one of \(all.joined(separator: ", ")), but is '\(text)'",
            hint: DidYouMean.nearest(to: text, among: all).map { "did you mean '\($0)'?" })
        return nil
    }

    mutating func wrong(_ path: [String], _ expected: String, _ value: JSONValue, hint: String? = nil) {
        let name = path.last { Int($0) == nil } ?? ""
        let place = path.last.flatMap(Int.init).map { "element \($0 + 1) of '\(name)'" } ?? "'\(name)'"
        report(path, "\(place) must be \(expected), but is \(value.described)", hint: hint)
    }
}
