#if Commands
import LovageCore
import Yams

/// One document of a YAML file: its value, and where each part of it was written.
struct YAMLDocument {
    /// A place in a file, from 1.
    struct Place: Hashable, Comparable {
        let line: Int
        let column: Int
        static func < (left: Self, right: Self) -> Bool { (left.line, left.column) < (right.line, right.column) }

        /// What ends a line in YAML: CR and LF, which Swift takes for one character, but no form feed.
        static func endsLine(_ character: Character) -> Bool {
            character.isNewline && character != "\u{B}" && character != "\u{C}"
        }

        init(line: Int, column: Int) { (self.line, self.column) = (line, column) }

        /// Right behind `text`, counted as the parser counts: columns in Unicode scalars.
        init(behind text: String) {
            line = text.count(where: Self.endsLine) + 1
            let last = text.lastIndex(where: Self.endsLine).map { text[text.index(after: $0)...] } ?? text[...]
            column = last.unicodeScalars.count + 1
        }
    }

    let value: JSONValue
    private let places: [[String]: Place]

    /// Where `path` was written, or the nearest thing around it.
    func place(of path: [String]) -> Place {
        var path = path
        while true {
            if let place = places[path] { return place }
            if path.isEmpty { return Place(line: 1, column: 1) }
            path.removeLast()
        }
    }

    /// Takes what Yams composed; faults carry the place.
    init(_ node: Node, faults: inout [(Place, String)]) {
        var builder = Builder()
        value = builder.value(of: node, at: [], depth: 0)
        places = builder.places
        faults += builder.faults
    }

    /// Plain scalars are what JSON would make of them, so that `no`, `010` and `1:30` stay texts; everything in quotes
    /// is a text. Parts that an alias repeats are built again, so that their number is bounded.
    private struct Builder {
        private static let mostNodes = 100_000
        private static let mostDepth = 64

        var places: [[String]: Place] = [:]
        var faults: [(Place, String)] = []
        private var nodes = 0

        mutating func value(of node: Node, at path: [String], depth: Int) -> JSONValue {
            let place = node.mark.map { Place(line: $0.line, column: $0.column) } ?? Place(line: 1, column: 1)
            if places[path] == nil { places[path] = place }
            nodes += 1
            guard nodes <= Self.mostNodes else {
                if nodes == Self.mostNodes + 1 {
                    faults.append(
                        (place, "the file is too large: more than \(Self.mostNodes) values, with aliases written out"))
                }
                return .null
            }
            guard depth <= Self.mostDepth else {
                faults.append((place, "this is nested too deep: at most \(Self.mostDepth) levels"))
                return .null
            }
            switch node {
            case .scalar(let scalar): return value(of: scalar, at: place)
            case .sequence(let sequence):
                var elements: [JSONValue] = []
                for (index, element) in sequence.enumerated() {
                    elements.append(value(of: element, at: path + ["\(index)"], depth: depth + 1))
                }
                return .array(elements)
            case .mapping(let mapping): return object(mapping, at: path, depth: depth)
            case .alias: return .null
            }
        }

        private mutating func object(_ mapping: Node.Mapping, at path: [String], depth: Int) -> JSONValue {
            var members: [JSONMember] = []
            for (key, content) in mapping {
                let place = key.mark.map { Place(line: $0.line, column: $0.column) } ?? Place(line: 1, column: 1)
                guard case .scalar(let name) = key else {
                    faults.append((place, "a name must be a text, not a list or a mapping"))
                    continue
                }
                places[path + [name.string]] = place
                members.append(JSONMember(name.string, value(of: content, at: path + [name.string], depth: depth + 1)))
            }
            return .object(members)
        }

        private mutating func value(of scalar: Node.Scalar, at place: Place) -> JSONValue {
            guard scalar.style == .plain else { return .string(scalar.string) }
            switch scalar.string {
            case "", "~", "null": return .null
            case "true": return .bool(true)
            case "false": return .bool(false)
            case let text:
                guard let first = text.first, first == "-" || first.isASCII && first.isNumber else {
                    return .string(text)
                }
                do {
                    return try JSONValue(parsing: Array(text.utf8))
                } catch {
                    if error.code == .numberTooLong {
                        faults.append(
                            (
                                place,
                                "a number has \(text.utf8.count) bytes: put it in quotes, it is too long for a number"
                            ))
                    }
                    // No number after all, such as a date or a version.
                    return .string(text)
                }
            }
        }
    }
}
#endif
