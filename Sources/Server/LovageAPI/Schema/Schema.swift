package import LovageCore

/// The shape of one JSON value on the wire: the part of JSON Schema 2020-12 that the API uses.
package indirect enum Schema: Sendable {
    /// Text; `format` as in JSON Schema, such as `date-time`.
    case text(format: String? = nil)
    /// A name that people choose, by the rule of `Name`.
    case name
    /// One of these words.
    case word([String])
    /// A whole number in a range.
    case integer(ClosedRange<Int> = Int.min...Int.max)
    /// Any number.
    case number
    /// A number in a range.
    case measure(ClosedRange<Double>)
    /// True or false.
    case boolean
    /// Any JSON value at all.
    case any
    /// A list.
    case list(Schema)
    /// An object whose members have free names.
    case map(Schema)
    /// An object with these fields.
    case object(ObjectSchema)
    /// One of several shapes.
    case either([Schema])
    /// This, or null.
    case optional(Schema)

    /// An identifier.
    static let id = Schema.text(format: "uuid")
    /// A length of time in seconds, up to 100 years.
    static let seconds = Schema.measure(0...FieldReader.mostSeconds)
    /// A moment: RFC 3339, UTC, milliseconds.
    static let time = Schema.text(format: "date-time")

    /// The schema as JSON; objects are references into `components`.
    package var json: JSONValue {
        switch self {
        case .text(let format):
            format.map { ["type": "string", "format": .string($0)] } ?? ["type": "string"]
        case .word(let words): ["type": "string", "enum": .array(words.map(JSONValue.string))]
        case .integer(let range): Self.integer(range)
        case .name:
            ["type": "string", "pattern": "^[A-Za-z0-9_][A-Za-z0-9._:/@+-]*$", "minLength": 1, "maxLength": 200]
        case .number: ["type": "number"]
        case .measure(let range): Self.bounded(range)
        case .boolean: ["type": "boolean"]
        case .any: .object([])
        case .list(let element): ["type": "array", "items": element.json]
        case .map(let value): ["type": "object", "additionalProperties": value.json]
        case .object(let object): ["$ref": .string("#/components/schemas/\(object.name)")]
        case .either(let choices): ["anyOf": .array(choices.map(\.json))]
        case .optional(let schema): ["anyOf": [schema.json, ["type": "null"]]]
        }
    }

    private static func integer(_ range: ClosedRange<Int>) -> JSONValue {
        var members = [JSONMember("type", "integer")]
        if range.lowerBound != .min { members.append(JSONMember("minimum", .number(JSONNumber(range.lowerBound)))) }
        // What fits no machine word is refused, so that the end of the words is said as well.
        if range != Int.min...Int.max { members.append(JSONMember("maximum", .number(JSONNumber(range.upperBound)))) }
        return .object(members)
    }

    private static func bounded(_ range: ClosedRange<Double>) -> JSONValue {
        guard let least = JSONNumber(range.lowerBound), let most = JSONNumber(range.upperBound) else {
            return ["type": "number"]
        }
        return ["type": "number", "minimum": .number(least), "maximum": .number(most)]
    }

    /// Every object schema in this one, itself included.
    var objects: [ObjectSchema] {
        switch self {
        case .text, .name, .word, .integer, .number, .measure, .boolean, .any: []
        case .list(let schema), .map(let schema), .optional(let schema): schema.objects
        case .either(let choices): choices.flatMap(\.objects)
        case .object(let object): [object] + object.fields.flatMap(\.schema.objects)
        }
    }
}

/// The shape of one object: exactly these fields.
package struct ObjectSchema: Sendable {
    /// Its name in the document.
    package let name: String
    /// One sentence.
    package let summary: String
    /// Its fields in the order they are written.
    package let fields: [Field]

    /// One field of an object.
    package struct Field: Sendable {
        let name: String
        let schema: Schema
        let summary: String
        let isRequired: Bool
    }

    init(_ name: String, _ summary: String, _ fields: [Field]) {
        self.name = name
        self.summary = summary
        self.fields = fields
    }

    /// The names of the fields.
    package var names: [String] { fields.map(\.name) }

    /// The schema as JSON.
    package var json: JSONValue {
        let properties = fields.map { field in
            JSONMember(field.name, field.described)
        }
        let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        return [
            "type": "object", "description": .string(summary), "properties": .object(properties),
            "required": .array(required), "additionalProperties": false,
        ]
    }
}

extension ObjectSchema.Field {
    /// A field that is always there; it may be null when its schema says so.
    static func always(_ name: String, _ schema: Schema, _ summary: String) -> Self {
        Self(name: name, schema: schema, summary: summary, isRequired: true)
    }

    /// A field that is always there, and null while there is nothing to say.
    static func nullable(_ name: String, _ schema: Schema, _ summary: String) -> Self {
        Self(name: name, schema: .optional(schema), summary: summary, isRequired: true)
    }

    /// A field of a request that may be left out.
    static func maybe(_ name: String, _ schema: Schema, _ summary: String) -> Self {
        Self(name: name, schema: .optional(schema), summary: summary, isRequired: false)
    }

    fileprivate var described: JSONValue {
        .object((schema.json.objectValue ?? []) + [JSONMember("description", .string(summary))])
    }
}
