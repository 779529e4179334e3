public import LovageCore

// What callers give, held against what a definition declares.

extension Parameter {
    /// Checks `given` and fills in defaults: the object that templates read, in which every parameter has a member.
    /// An explicit null counts as not given. All faults are reported at once; `noun` is what the members are called.
    public static func check(
        _ given: JSONText, against parameters: [Parameter], noun: String = "parameter"
    ) throws(InvalidParameters) -> JSONText {
        guard let members = given.members() else {
            throw InvalidParameters(problems: [
                "the \(noun)s must be one JSON object such as {\"name\": \"value\"}, not \(given.value().described)"
            ])
        }
        var values: [String: JSONText] = [:]
        for member in members { values[member.key] = member.value }
        var problems = unknown(members.map(\.key), parameters, noun)
        var writer = JSONWriter()
        writer.object { writer in
            for parameter in parameters {
                let value = values[parameter.name].flatMap { $0 == .null ? nil : $0 }
                if let value {
                    problems += parameter.problems(with: value.value()).map { "\(noun) '\(parameter.name)' \($0)" }
                } else if parameter.isRequired && parameter.defaultValue == nil {
                    problems.append(
                        "\(noun) '\(parameter.name)' is missing: give \(parameter.type.article) \(parameter.type.noun)")
                }
                writer.member(parameter.name, value ?? (parameter.defaultValue ?? .null).text())
            }
        }
        guard problems.isEmpty else { throw InvalidParameters(problems: problems) }
        return writer.text
    }

    private static func unknown(_ keys: [String], _ parameters: [Parameter], _ noun: String) -> [String] {
        let names = parameters.map(\.name)
        return keys.filter { !names.contains($0) }.map {
            let hint = DidYouMean.sentence($0, among: names)
            let all = names.isEmpty ? "there are none" : "there are \(names.joined(separator: ", "))"
            return "\(noun) '\($0.prefix(80))' is unknown\(hint.isEmpty ? ": \(all)" : hint)"
        }
    }

    /// What is wrong with a value for this parameter, each the end of a sentence.
    func problems(with value: JSONValue) -> [String] {
        guard type.takes(value) else {
            return ["must be \(type.article) \(type.noun), but is \(value.described): \(type.example)"]
        }
        if !choices.isEmpty, !choices.contains(where: { $0.isSame(as: value) }) {
            let hint = value.stringValue.map { DidYouMean.sentence($0, among: choices.compactMap(\.stringValue)) } ?? ""
            let all = choices.map(\.asText).joined(separator: ", ")
            return ["must be one of \(all), but is \(value.described)\(hint)"]
        }
        guard case .number(let number) = value else { return [] }
        if let minimum, number.isLess(than: minimum) {
            return ["must be at least \(minimum), but is \(value.described)"]
        }
        if let maximum, maximum.isLess(than: number) {
            return ["must be at most \(maximum), but is \(value.described)"]
        }
        return []
    }

    /// One object of what people typed: the declared type of each name says what its text means. What is not declared,
    /// and what is not of a type that says so, is JSON where it can be read as such, and else a text.
    public static func object(typed: [TypedText], as parameters: [Parameter] = []) -> JSONText {
        let types = Dictionary(parameters.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
        return JSONValue.object(typed.map { JSONMember($0.name, $0.value(as: types[$0.name] ?? .any)) }).text()
    }
}

/// A named value as somebody typed it, such as `sha=831877e8`.
public struct TypedText: Sendable, Hashable {
    /// Of which parameter or argument.
    public let name: String
    /// What was typed.
    public let text: String

    /// Takes what was typed.
    public init(_ name: String, _ text: String) {
        self.name = name
        self.text = text
    }

    func value(as type: Parameter.ValueType) -> JSONValue {
        if type == .string { return .string(text) }
        do {
            return try JSONValue(parsing: text)
        } catch {
            // Not JSON: it stays a text, which `check` then refuses by name unless the type is `any`.
            return .string(text)
        }
    }
}

extension Parameter.ValueType {
    func takes(_ value: JSONValue) -> Bool {
        switch (self, value) {
        case (.any, _), (.string, .string), (.boolean, .bool), (.list, .array), (.object, .object): true
        case (.number, .number): true
        case (.integer, .number(let number)): number.isWhole
        case (.string, _), (.boolean, _), (.list, _), (.object, _), (.number, _), (.integer, _): false
        }
    }

    var noun: String {
        switch self {
        case .string: "text"
        case .integer: "whole number"
        case .number: "number"
        case .boolean: "boolean"
        case .list: "list"
        case .object: "object"
        case .any: "value"
        }
    }

    var article: String { self == .object ? "an" : "a" }

    fileprivate var example: String {
        switch self {
        case .string: "put it in quotes"
        case .integer: "write it like 3"
        case .number: "write it like 2.5"
        case .boolean: "write true or false"
        case .list: "write it like [1, 2]"
        case .object: "write it like {\"name\": \"value\"}"
        case .any: ""
        }
    }
}
