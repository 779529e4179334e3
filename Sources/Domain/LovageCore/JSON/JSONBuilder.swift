/// Builds a tree from a scanner's tokens, with its own stack: depth is the scanner's limit, not the call stack's.
enum JSONBuilder {
    /// A container whose end has not been read.
    private struct Open {
        var elements: [JSONValue] = []
        var members: [JSONMember] = []
        var key: String?

        mutating func add(_ value: JSONValue) {
            if let key {
                members.append(JSONMember(key, value))
                self.key = nil
            } else {
                elements.append(value)
            }
        }
    }

    /// Reads the scanner to its end.
    static func build(from scanner: inout JSONScanner) throws(JSONError) -> JSONValue {
        // The outermost frame stands for the text itself: the one value it holds ends up as its one element.
        var open = [Open()]
        while let token = try scanner.next() {
            switch token.kind {
            case .beginObject, .beginArray:
                open.append(Open())
            case .endObject:
                let members = open.removeLast().members
                open[open.count - 1].add(.object(members))
            case .endArray:
                let elements = open.removeLast().elements
                open[open.count - 1].add(.array(elements))
            case .key:
                open[open.count - 1].key = JSONEscapes.string(of: token, in: scanner.bytes)
            case .string, .number, .true, .false, .null:
                open[open.count - 1].add(scalar(of: token, in: scanner.bytes))
            }
        }
        return open[0].elements.first ?? .null
    }

    private static func scalar(of token: JSONScanner.Token, in bytes: [UInt8]) -> JSONValue {
        switch token.kind {
        case .string: .string(JSONEscapes.string(of: token, in: bytes))
        case .number: .number(JSONNumber(accepted: String(decoding: bytes[token.range], as: UTF8.self)))
        case .true: .bool(true)
        case .false: .bool(false)
        case .null, .key, .beginObject, .endObject, .beginArray, .endArray: .null
        }
    }
}
