/// What makes two unfinished jobs of one kind the same job: extracted at submission and stored beside the job.
public struct UniqueKey: Sendable, Hashable {
    /// The kind it is unique in.
    public let kind: Kind
    /// The extracted arguments; equal bytes mean the same job.
    public let bytes: [UInt8]
}

extension JobOptions.Uniqueness {
    /// The key of a job of `kind` with these arguments. Complexity: O(length of the arguments).
    public func key(kind: Kind, arguments: JSONText) -> UniqueKey {
        UniqueKey(kind: kind, bytes: arguments.bytes)
    }
}
