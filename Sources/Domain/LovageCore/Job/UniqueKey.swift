/// What makes two unfinished jobs of one kind the same job: extracted at submission and stored beside the job.
public struct UniqueKey: Sendable, Hashable {
    /// The kind it is unique in.
    public let kind: Kind
    /// The extracted arguments; equal bytes mean the same job.
    public let bytes: [UInt8]
}

extension Job {
    /// What makes it the same job as another one; nil unless it is unique. Complexity: O(length of the arguments).
    public var uniqueKey: UniqueKey? { options.unique?.key(kind: kind, arguments: arguments) }

    /// True while it keeps others with its unique key from standing beside it. A held step does not know its arguments
    /// yet, and for a merged one another job stands.
    public var holdsUniqueKey: Bool {
        guard options.unique != nil else { return false }
        switch state {
        case .suspended(.needs), .suspended(.merged), .finished: return false
        case .suspended(.until), .suspended(.at), .suspended(.signal), .suspended(.retry), .ready, .blocked, .running:
            return true
        }
    }
}

extension JobOptions.Uniqueness {
    /// The key of a job of `kind` with these arguments. Complexity: O(length of the arguments).
    ///
    /// All arguments are compared as they were sent, chosen members as JSON: white space, and the order in which the
    /// members are named, do not matter. The two ways never meet, so each begins with a byte of its own.
    public func key(kind: Kind, arguments: JSONText) -> UniqueKey {
        switch self {
        case .allArguments: UniqueKey(kind: kind, bytes: [UInt8(ascii: "=")] + arguments.bytes)
        case .members(let names): UniqueKey(kind: kind, bytes: [UInt8(ascii: ".")] + Self.chosen(names, of: arguments))
        }
    }

    private static func chosen(_ names: [String], of arguments: JSONText) -> [UInt8] {
        let value = arguments.value()
        let ordered = Set(names).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return JSONValue.object(ordered.map { JSONMember($0, value[$0] ?? .null) }).text().bytes
    }
}
