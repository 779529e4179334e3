/// One JSON value as its exact bytes: what a job's arguments and result are kept as.
///
/// Valid by construction: UTF-8, RFC 8259, no key twice in an object, within the limits it was validated with.
/// White space inside is kept as sent; white space around the value is not part of it. Two texts are equal when
/// their bytes are.
public struct JSONText: Sendable, Hashable, CustomStringConvertible {
    /// The UTF-8 bytes of the value.
    public let bytes: [UInt8]

    /// Accepts `bytes` if they hold one JSON value within `limits`.
    public init(
        validating bytes: some Collection<UInt8>, limits: JSONLimits = .arguments
    ) throws(JSONError) {
        var scanner = try JSONScanner(bytes, limits: limits)
        let range = try scanner.validate()
        self.bytes = range.count == scanner.bytes.count ? scanner.bytes : Array(scanner.bytes[range])
    }

    /// Accepts `string` if it holds one JSON value within `limits`.
    public init(validating string: String, limits: JSONLimits = .arguments) throws(JSONError) {
        try self.init(validating: string.utf8, limits: limits)
    }

    /// Takes bytes that were a `JSONText` before, such as those a store reads back. They are not looked at again.
    package init(trusted bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The text `null`.
    public static let null = JSONText(trusted: Array("null".utf8))

    /// The text `{}`.
    public static let emptyObject = JSONText(trusted: Array("{}".utf8))

    /// The number of bytes.
    public var count: Int { bytes.count }

    /// The text as a string.
    public var string: String { String(decoding: bytes, as: UTF8.self) }

    /// The text as a string.
    public var description: String { string }
}

// MARK: - Reading

extension JSONText {
    /// The value this text stands for.
    public func value() -> JSONValue {
        reading { (scanner) throws(JSONError) in try JSONBuilder.build(from: &scanner) }
    }

    /// The members of an object in their order, each value as its exact bytes; nil if this is not an object.
    public func members() -> [(key: String, value: JSONText)]? {
        guard bytes.first == UInt8(ascii: "{") else { return nil }
        return reading { (scanner) throws(JSONError) in
            _ = try scanner.next()
            var members: [(key: String, value: JSONText)] = []
            while let token = try scanner.next(), token.kind == .key {
                let key = JSONEscapes.string(of: token, in: bytes)
                guard let first = try scanner.next() else { break }
                members.append((key, try slice(startingWith: first, from: &scanner)))
            }
            return members
        }
    }

    /// The elements of an array, each as its exact bytes; nil if this is not an array.
    public func elements() -> [JSONText]? {
        guard bytes.first == UInt8(ascii: "[") else { return nil }
        return reading { (scanner) throws(JSONError) in
            _ = try scanner.next()
            var elements: [JSONText] = []
            while let token = try scanner.next(), token.kind != .endArray {
                elements.append(try slice(startingWith: token, from: &scanner))
            }
            return elements
        }
    }

    /// The value that starts with `first`: reads on until its brackets are closed.
    private func slice(
        startingWith first: JSONScanner.Token, from scanner: inout JSONScanner
    ) throws(JSONError) -> JSONText {
        var last = first
        var depth = 0
        while true {
            switch last.kind {
            case .beginObject, .beginArray: depth += 1
            case .endObject, .endArray: depth -= 1
            case .key, .string, .number, .true, .false, .null: break
            }
            guard depth > 0, let token = try scanner.next() else { break }
            last = token
        }
        return JSONText(trusted: Array(bytes[first.range.lowerBound..<last.range.upperBound]))
    }

    /// Reads the bytes with the checks of the grammar still on: a store that hands back other bytes than it was
    /// given must not become a job that runs with wrong arguments.
    private func reading<Result>(_ read: (inout JSONScanner) throws(JSONError) -> Result) -> Result {
        var scanner = JSONScanner(trusted: bytes)
        do {
            return try read(&scanner)
        } catch {
            preconditionFailure("A trusted JSON text does not hold JSON: \(error)")
        }
    }
}
