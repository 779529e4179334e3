import LovageCore
import LovageWorkflow

/// Reads the fields of one object, and names the field, the value and the fix when one does not fit.
package struct FieldReader: Sendable {
    private let members: [String: JSONText]
    private let nulls: Set<String>
    private let path: String
    private let isStrict: Bool

    /// Begins to read; refuses what is no object, and unknown fields when `isStrict`.
    init(_ text: JSONText, _ schema: ObjectSchema, at path: String, isStrict: Bool) throws(ProblemView) {
        guard let members = text.members() else {
            let place = path.isEmpty ? "the body" : "field '\(path)'"
            throw ProblemView(
                .invalidRequest, "\(place) must be a JSON object, but is \(text.described)",
                field: path.isEmpty ? nil : path, hint: "write it like {\"\(schema.names.first ?? "name")\": …}")
        }
        self.path = path
        self.isStrict = isStrict
        if isStrict { try Self.checkKnown(members.map(\.key), schema, at: path) }
        // A null counts as left out, so that every optional field can be written as null.
        nulls = Set(members.filter { $0.value == .null }.map(\.key))
        self.members = Dictionary(
            members.filter { $0.value != .null }.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    private static func checkKnown(_ keys: [String], _ schema: ObjectSchema, at path: String) throws(ProblemView) {
        let names = schema.names
        let unknown = keys.filter { !names.contains($0) }
        guard let first = unknown.first else { return }
        let problems = unknown.map { key in
            let near = DidYouMean.sentence(key, among: names)
            return "field '\(place(key, in: path))' is unknown"
                + (near.isEmpty ? ": use \(names.joined(separator: ", "))" : near)
        }
        throw ProblemView(
            .unknownField, problems[0], field: place(first, in: path),
            hint: DidYouMean.nearest(to: first, among: names).map { "did you mean '\($0)'?" },
            problems: problems.count > 1 ? problems : [])
    }

    private static func place(_ key: String, in path: String) -> String {
        let key = String(key.prefix(80))
        return path.isEmpty ? key : "\(path).\(key)"
    }

    /// The path of a field, such as `jobs[3].kind`.
    func place(_ key: String) -> String { Self.place(key, in: path) }

    /// True when the field is there and not null.
    func has(_ key: String) -> Bool { members[key] != nil }

    /// True when the field is there and null, where that means something else than left out.
    func isNull(_ key: String) -> Bool { nulls.contains(key) }

    /// The bytes of a field as they were sent; nil when it is left out or null.
    func raw(_ key: String) -> JSONText? { members[key] }

    /// A field that must be there.
    func required<Value>(_ key: String, _ value: Value?) throws(ProblemView) -> Value {
        guard let value else {
            throw ProblemView(
                .invalidRequest, "field '\(place(key))' is missing", field: place(key), hint: "give it a value")
        }
        return value
    }

    func text(_ key: String) throws(ProblemView) -> String? {
        try read(key, "a text", "put it in double quotes") { $0.value().stringValue }
    }

    /// The members of an object of texts, in their order.
    func typedTexts(_ key: String) throws(ProblemView) -> [TypedText]? {
        try read(key, "an object of texts", "write it like {\"name\": \"text\"}") { json in
            guard let members = json.value().objectValue else { return nil }
            let texts = members.compactMap { member in member.value.stringValue.map { TypedText(member.key, $0) } }
            return texts.count == members.count ? texts : nil
        }
    }

    /// Refuses two fields that say the same in different ways.
    func exclude(_ one: String, _ other: String) throws(ProblemView) {
        guard has(one), has(other) else { return }
        throw ProblemView(
            .invalidRequest, "fields '\(place(one))' and '\(place(other))' exclude each other", field: place(other),
            hint: "give one of them")
    }

    func base64(_ key: String) throws(ProblemView) -> [UInt8]? {
        try read(key, "a text in base64", "use the standard alphabet with padding") {
            $0.value().stringValue.flatMap(Base64.decode)
        }
    }

    func boolean(_ key: String) throws(ProblemView) -> Bool? {
        try read(key, "true or false", "write it without quotes") { $0.value().boolValue }
    }

    func integer(_ key: String, in range: ClosedRange<Int> = Int.min...Int.max) throws(ProblemView) -> Int? {
        let limits = range == Int.min...Int.max ? "" : " from \(range.lowerBound) to \(range.upperBound)"
        return try read(key, "a whole number\(limits)", "write it like 3, without quotes") {
            $0.value().intValue.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// How many of something there are. Even a server that lies says none so large that adding some up overflows.
    func count(_ key: String) throws(ProblemView) -> Int? { try integer(key, in: 0...1 << 53) }

    func number(_ key: String) throws(ProblemView) -> Double? {
        try read(key, "a number", "write it like 2.5, without quotes") { $0.value().doubleValue }
    }

    /// A length of time in seconds, from 0 to 100 years, kept to the microsecond.
    func seconds(_ key: String) throws(ProblemView) -> Duration? {
        try read(key, "a number of seconds from 0 to \(Int(Self.mostSeconds))", "write it like 1.5, without quotes") {
            Self.duration($0.value())
        }
    }

    /// A limit of time in seconds: more than nothing, up to 100 years, kept to the microsecond.
    func limit(_ key: String) throws(ProblemView) -> Duration? {
        try read(
            key, "a number of seconds above 0, up to \(Int(Self.mostSeconds))", "leave it out for no limit"
        ) {
            Self.duration($0.value()).flatMap { $0 > .zero ? $0 : nil }
        }
    }

    static let mostSeconds = 3_155_760_000.0

    static func duration(_ value: JSONValue) -> Duration? {
        guard let seconds = value.doubleValue, seconds >= 0, seconds <= mostSeconds else { return nil }
        return .microseconds(Int64((seconds * 1_000_000).rounded()))
    }

    /// A moment, as microseconds since 1970.
    func time(_ key: String) throws(ProblemView) -> Int64? {
        try read(key, "a moment", "write it like \"2030-01-31T08:00:00Z\"") {
            $0.value().stringValue.flatMap(RFC3339.microseconds)
        }
    }

    func id<ID: Identifier>(_ key: String, _ type: ID.Type = ID.self) throws(ProblemView) -> ID? {
        try read(key, "an id", "ids look like 01930a3e-0000-7000-8000-000000000000") {
            $0.value().stringValue.flatMap(ID.init)
        }
    }

    func name<Named: Name>(_ key: String, _ type: Named.Type = Named.self) throws(ProblemView) -> Named? {
        guard let text = try text(key) else { return nil }
        do {
            return try Named(validating: text)
        } catch {
            throw ProblemView(.invalidRequest, "field '\(place(key))': \(error.description)", field: place(key))
        }
    }

    func word<Word: RawRepresentable & CaseIterable>(_ key: String, _ type: Word.Type = Word.self) throws(ProblemView)
        -> Word? where Word.RawValue == String
    {
        guard let text = try text(key) else { return nil }
        if let word = Word(rawValue: text) { return word }
        let words = Word.allCases.map(\.rawValue)
        throw ProblemView(
            .invalidRequest,
            "field '\(place(key))' must be one of \(words.joined(separator: ", ")), but is \"\(text.prefix(80))\"",
            field: place(key), hint: DidYouMean.nearest(to: text, among: words).map { "did you mean '\($0)'?" })
    }

    func texts(_ key: String) throws(ProblemView) -> [String]? {
        try read(key, "a list of texts", "write it like [\"a\", \"b\"]") { text in
            guard let elements = text.value().arrayValue else { return nil }
            let texts = elements.compactMap(\.stringValue)
            return texts.count == elements.count ? texts : nil
        }
    }

    /// The elements of a list with their bytes.
    func elements(_ key: String) throws(ProblemView) -> [JSONText]? {
        try read(key, "a list", "write it like […]") { $0.elements() }
    }

    func object<Value: APIObject>(_ key: String, _ type: Value.Type = Value.self) throws(ProblemView) -> Value? {
        guard let text = members[key] else { return nil }
        return try Value(reading: try FieldReader(text, Value.schema, at: place(key), isStrict: isStrict))
    }

    func objects<Value: APIObject>(_ key: String, _ type: Value.Type = Value.self) throws(ProblemView) -> [Value]? {
        guard let elements = try elements(key) else { return nil }
        var values: [Value] = []
        for (index, element) in elements.enumerated() {
            let place = "\(place(key))[\(index)]"
            values.append(try Value(reading: try FieldReader(element, Value.schema, at: place, isStrict: isStrict)))
        }
        return values
    }

    /// A field read by `convert`, which answers nil for what does not fit.
    func read<Value>(
        _ key: String, _ expected: String, _ hint: String, _ convert: (JSONText) -> Value?
    ) throws(ProblemView) -> Value? {
        guard let text = members[key] else { return nil }
        if let value = convert(text) { return value }
        throw ProblemView(
            .invalidRequest, "field '\(place(key))' must be \(expected), but is \(text.described)", field: place(key),
            hint: hint)
    }
}

extension JSONText {
    /// The value for an error message, cut.
    var described: String {
        switch value() {
        case .object: "an object"
        case .array: "a list"
        case .null, .bool, .number, .string: count <= 80 ? string : String(string.prefix(76)) + "…"
        }
    }
}
