import LovageAPI
import LovageCore

/// Holds values against the part of JSON Schema 2020-12 that our OpenAPI document uses.
struct SchemaValidator {
    let document: JSONValue

    /// Every way in which `value` does not fit `schema`, each with its place; empty when it fits.
    func faults(of value: JSONValue, against schema: JSONValue, at place: String = "$") -> [String] {
        if let reference = schema["$ref"]?.stringValue {
            return faults(of: value, against: resolved(reference), at: place)
        }
        if let choices = schema["anyOf"]?.arrayValue {
            let each = choices.map { faults(of: value, against: $0, at: place) }
            return each.contains { $0.isEmpty } ? [] : each.flatMap { $0 } + ["\(place) fits no choice"]
        }
        var found: [String] = []
        if let type = schema["type"]?.stringValue, !Self.is(value, a: type) {
            return ["\(place) is no \(type): \(value.text())"]
        }
        if let words = schema["enum"]?.arrayValue, !words.contains(value) {
            found.append("\(place): \(value.text()) is no choice")
        }
        if let least = schema["minimum"]?.doubleValue, value.doubleValue ?? least < least {
            found.append("\(place) is too small")
        }
        if let most = schema["maximum"]?.doubleValue, value.doubleValue ?? most > most {
            found.append("\(place) is too large")
        }
        if let format = schema["format"]?.stringValue {
            found += Self.faults(of: value.stringValue ?? "", format, at: place)
        }
        if let items = schema["items"] {
            for (index, element) in (value.arrayValue ?? []).enumerated() {
                found += faults(of: element, against: items, at: "\(place)[\(index)]")
            }
        }
        return found + memberFaults(of: value, against: schema, at: place)
    }

    private func memberFaults(of value: JSONValue, against schema: JSONValue, at place: String) -> [String] {
        guard let members = value.objectValue else { return [] }
        var found: [String] = []
        for name in schema["required"]?.arrayValue ?? [] where value[name.stringValue ?? ""] == nil {
            found.append("\(place) lacks \(name.text())")
        }
        for member in members {
            if let property = schema["properties"]?[member.key] {
                found += faults(of: member.value, against: property, at: "\(place).\(member.key)")
            } else if schema["additionalProperties"] == .bool(false) {
                found.append("\(place).\(member.key) is not in the schema")
            } else if let others = schema["additionalProperties"], others.objectValue != nil {
                found += faults(of: member.value, against: others, at: "\(place).\(member.key)")
            }
        }
        return found
    }

    private func resolved(_ reference: String) -> JSONValue {
        reference.split(separator: "/").dropFirst().reduce(document) { $0[String($1)] ?? .null }
    }

    private static func `is`(_ value: JSONValue, a type: String) -> Bool {
        switch (type, value) {
        case ("string", .string), ("number", .number), ("boolean", .bool), ("object", .object), ("array", .array),
            ("null", .null):
            true
        case ("integer", .number(let number)): number.int != nil
        default: false
        }
    }

    private static func faults(of text: String, _ format: String, at place: String) -> [String] {
        switch format {
        case "uuid": UUIDv7(text) == nil ? ["\(place): '\(text)' is no uuid"] : []
        case "date-time": RFC3339.microseconds(text) == nil ? ["\(place): '\(text)' is no moment"] : []
        default: ["\(place): unknown format \(format)"]
        }
    }

    /// The schema of an answer in the document; nil when the document does not allow it.
    func schema(method: String, path: String, status: Int, mediaType: String) -> JSONValue? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let candidates = (document["paths"]?.objectValue ?? []).filter { member in
            let pattern = member.key.split(separator: "/", omittingEmptySubsequences: false)
            return pattern.count == parts.count && zip(pattern, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
                && member.value[method.lowercased()] != nil
        }
        let exact = candidates.min { $0.key.count { $0 == "{" } < $1.key.count { $0 == "{" } }
        return exact?.value[method.lowercased()]?["responses"]?["\(status)"]?["content"]?[mediaType]?["schema"]
    }
}
