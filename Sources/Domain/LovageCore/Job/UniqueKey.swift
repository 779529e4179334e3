/// What makes two unfinished jobs of one kind the same job: extracted at submission and stored beside the job.
public struct UniqueKey: Sendable, Hashable {
    /// The kind it is unique in.
    public let kind: Kind
    /// The extracted arguments; equal bytes mean the same job.
    public let bytes: [UInt8]
}

extension Job {
    /// What makes it the same job as another one; nil unless it is unique. Complexity: O(length of the arguments).
    public var uniqueKey: UniqueKey? { options.uniqueKey(kind: kind, arguments: arguments) }

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

extension JobOptions {
    /// What makes a job of `kind` with these arguments the same as another one; nil unless it is unique.
    /// Complexity: O(n log n) in the length of the arguments.
    ///
    /// Arguments are compared as JSON values, with what is left out filled in. All of them and chosen ones never meet, so
    /// each begins with a byte of its own.
    public func uniqueKey(kind: Kind, arguments: JSONText) -> UniqueKey? {
        switch unique {
        case nil: nil
        case .allArguments:
            UniqueKey(kind: kind, bytes: [UInt8(ascii: "=")] + arguments.canon(with: argumentDefaults).bytes)
        case .members(let names):
            UniqueKey(
                kind: kind,
                bytes: [UInt8(ascii: ".")] + Self.chosen(names, of: arguments.canon(with: argumentDefaults)).bytes)
        }
    }

    private static func chosen(_ names: [String], of arguments: JSONText) -> JSONText {
        let value = arguments.value()
        return JSONValue.object(Set(names).map { JSONMember($0, value[$0] ?? .null) }).text().canon()
    }

    /// Whether two submissions under these options ask for the same: their arguments are equal as JSON values.
    public func isSame(_ arguments: JSONText, as other: JSONText) -> Bool {
        arguments.isSame(as: other, with: argumentDefaults)
    }
}
