package import LovageCore

/// An object on the wire: described once, written by the one side and read by the other.
package protocol APIObject: Sendable {
    /// Its fields; what is written must fit, what is read is held against it.
    static var schema: ObjectSchema { get }
    /// Reads it.
    init(reading reader: FieldReader) throws(ProblemView)
    /// Writes its members.
    func write(to writer: inout JSONWriter)
}

extension APIObject {
    /// Reads a body; `isStrict` refuses unknown fields (a server does, so that a misspelt field is never ignored; a
    /// client does not, so that it understands a newer server).
    package init(_ text: JSONText, isStrict: Bool) throws(ProblemView) {
        try self.init(reading: try FieldReader(text, Self.schema, at: "", isStrict: isStrict))
    }

    /// The object as JSON.
    package var json: JSONText {
        var writer = JSONWriter()
        writer.object { write(to: &$0) }
        return writer.text
    }
}

extension JSONWriter {
    mutating func member(_ key: String, time: StoreTime?) {
        member(key, time.map { RFC3339.text($0.microseconds) })
    }

    mutating func member(_ key: String, object: (some APIObject)?) {
        self.key(key)
        if let object { self.object { object.write(to: &$0) } } else { null() }
    }

    mutating func member(_ key: String, objects: [some APIObject]) {
        member(key, array: { writer in for object in objects { writer.object { object.write(to: &$0) } } })
    }

    mutating func member(_ key: String, texts: [String]) {
        member(key, array: { writer in for text in texts { writer.value(text) } })
    }

    mutating func member(_ key: String, raw: JSONText?) { member(key, raw) }
}
