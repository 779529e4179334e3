/// The world failed: the store could not do what was asked, and nothing of it is stored.
public struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What sort of failure.
    public let code: Code
    /// What was attempted, as in "could not <attempted>".
    public let attempted: String
    /// What the engine said, and what to do about it.
    public let cause: String

    /// Sorts of failure; more may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code as it is shown.
        public let description: String
        /// No room on the disk.
        public static let full = Code(description: "store_full")
        /// Reading or writing failed.
        public static let inputOutput = Code(description: "store_io")
        /// The file is damaged, or is not a store.
        public static let corrupt = Code(description: "store_corrupt")
        /// The file or its folder cannot be written.
        public static let readOnly = Code(description: "store_read_only")
        /// Another process owns the file.
        public static let owned = Code(description: "store_owned")
        /// The file was written by a newer version.
        public static let newer = Code(description: "store_newer")
        /// Too many calls wait for the store already.
        public static let overloaded = Code(description: "store_overloaded")
        /// The store was closed.
        public static let closed = Code(description: "store_closed")
        /// A clock that reads before 1970, or another condition of the machine the store cannot work with.
        public static let environment = Code(description: "store_environment")
        /// A broken invariant of ours.
        public static let bug = Code(description: "store_bug")
    }

    /// Makes an error.
    public init(_ code: Code, attempted: String, cause: String) {
        self.code = code
        self.attempted = attempted
        self.cause = cause
    }

    /// One sentence with all three.
    public var description: String { "could not \(attempted): \(cause) (\(code))" }
}
