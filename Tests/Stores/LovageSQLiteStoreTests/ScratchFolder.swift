#if SQLite
import Foundation
import LovageCore
import LovageStore
import LovageStoreContract

@testable import LovageSQLiteStore

/// A folder of its own for one test, gone afterwards.
final class ScratchFolder: Sendable {
    let path: String

    init() throws {
        let name = "lovage-sqlite-\(ProcessInfo.processInfo.globallyUniqueString)"
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String = "store.db") -> String { path + "/" + name }

    /// A store in this folder on virtual clocks.
    func store(
        _ name: String = "store.db", clock: VirtualClock = VirtualClock(), faults: SQLiteFaults = SQLiteFaults()
    ) throws(StoreError) -> SQLiteStore {
        // Durability against power cuts is not under test, and full synchronisation would make hundreds of tests wait.
        try SQLiteStore(
            SQLiteConfiguration(path: file(name), durability: .relaxed, clock: .given(clock.read)), faults: faults)
    }

    /// Copies the files of a store as they are on the disk now: what a killed process would leave behind.
    func copyAsAfterKill(_ name: String, to other: String) throws {
        for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: file(name) + suffix) {
            try FileManager.default.copyItem(atPath: file(name) + suffix, toPath: file(other) + suffix)
        }
    }
}

/// Submissions of kind `work` with ids that rise.
func submissions(_ count: Int, from first: Int = 1, _ options: JobOptions = JobOptions()) -> [Submission] {
    (first..<(first + count)).map {
        Submission(
            id: JobID(UUIDv7(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0000 | UInt64($0))), kind: "work",
            arguments: .emptyObject, options: options)
    }
}

let worker = WorkerID(UUIDv7(high: 0x0190_0000_0000_7001, low: 0x8000_0000_0000_0001))

/// Claims jobs of kind `work` from the default queue, all of which start at once.
func claim(_ store: SQLiteStore, upTo limit: Int, for worker: WorkerID = worker) async throws -> [Job] {
    try await store.claim(
        ClaimRequest(
            worker: worker, offer: ClaimRule.Offer(kinds: ["work"], queues: ["default"]), limit: limit,
            starting: limit, lease: .seconds(30)))
}
#endif
