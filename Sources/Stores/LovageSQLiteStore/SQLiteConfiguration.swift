#if SQLite
public import LovageStore

/// How a SQLite store is opened.
public struct SQLiteConfiguration: Sendable {
    /// The database file. Its folder must exist; beside it stand `-wal`, `-shm` and `.lock`.
    public var path: String
    /// What a crash of the machine may take. Default: nothing that was answered.
    public var durability: Durability
    /// Where time is read. Default: the machine's clocks.
    public var clock: SQLiteClock
    /// Page cache of the writing connection, in KiB. Default 65,536: the hot pages of a million waiting jobs.
    public var cacheKibibytes: Int

    /// Told once when the disk has not confirmed a write (a sync failed): the store refuses everything from then on, and
    /// what it was writing may or may not be stored. A program that owns the file best ends at once, without closing the
    /// store, and starts again. Called on the writing thread, before anybody is answered whose change is in question.
    /// Default: nothing.
    public var unconfirmed: @Sendable (StoreError) -> Void

    /// What an answer is worth when the machine, not only the process, crashes.
    public enum Durability: Sendable, Hashable, CaseIterable {
        /// Every commit is on the disk before its callers are answered (`synchronous=FULL`).
        case full
        /// A commit is in the hands of the operating system before its callers are answered (`synchronous=NORMAL`).
        case relaxed

        /// What may be lost although it was answered, in one sentence; nil when nothing.
        public var lossWindow: String? {
            switch self {
            case .full: nil
            case .relaxed:
                "a crash of the machine or a power cut loses what was answered since the last checkpoint of the "
                    + "database, usually the last seconds; a crash of this process alone loses nothing"
            }
        }

        var pragma: String {
            switch self {
            case .full: "FULL"
            case .relaxed: "NORMAL"
            }
        }
    }

    /// Makes a configuration; whatever is left out has its default.
    public init(
        path: String, durability: Durability = .full, clock: SQLiteClock = .machine, cacheKibibytes: Int = 65_536,
        unconfirmed: @escaping @Sendable (StoreError) -> Void = { _ in }
    ) {
        self.path = path
        self.durability = durability
        self.clock = clock
        self.cacheKibibytes = cacheKibibytes
        self.unconfirmed = unconfirmed
    }
}
#endif
