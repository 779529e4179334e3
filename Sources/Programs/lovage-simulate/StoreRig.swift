import Foundation
import LovageCore
import LovageMemoryStore
import LovageSQLiteStore
import LovageStore
import LovageStoreContract

/// One SQLite store in a folder of its own, ended and opened again.
enum StoreRig {
    /// Durability against power cuts is not what is looked at: a folder in memory does, where there is one.
    private static var scratch: URL {
        let shared = URL(fileURLWithPath: "/dev/shm")
        return FileManager.default.isWritableFile(atPath: shared.path) ? shared : FileManager.default.temporaryDirectory
    }

    /// Gives it and the memory store the random commands of one seed; throws `Difference` at the first one.
    static func compare(seed: UInt64, commands: Int, in parent: URL? = nil) async throws {
        try await withFolder(in: parent) { folder in
            var files = Files(folder: folder)
            try await Differential(seed: seed, commands: commands).check(
                against: { MemoryStore(clock: $0.read) },
                open: { clock, end in
                    if let end { try files.end(end) }
                    return try files.open(clock)
                })
            try files.last?.close()
        }
    }

    /// Checks one sentence of the contract on it; throws what the sentence does.
    static func check(_ contract: StoreContract, in parent: URL? = nil) async throws {
        try await withFolder(in: parent) { folder in
            var files = Files(folder: folder)
            try await contract.check { try files.open($0) }
        }
    }

    private static func withFolder(in parent: URL?, _ body: (URL) async throws -> Void) async throws {
        let folder = (parent ?? scratch)
            .appendingPathComponent("lovage-stores-\(ProcessInfo.processInfo.globallyUniqueString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // What cannot be removed is scratch of the system's.
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    /// The files of a store that is ended now and then.
    private struct Files {
        let folder: URL
        private(set) var last: SQLiteStore?
        private var number = 0

        init(folder: URL) { self.folder = folder }

        private func path(_ number: Int) -> String { folder.appendingPathComponent("\(number).db").path }

        mutating func open(_ clock: VirtualClock) throws -> SQLiteStore {
            let store = try SQLiteStore(
                SQLiteConfiguration(path: path(number), durability: .relaxed, clock: .given(clock.read)))
            last = store
            return store
        }

        /// A killed process leaves its files as they are just then.
        mutating func end(_ end: Differential.End) throws {
            let manager = FileManager.default
            let old = path(number)
            if end == .killed {
                for suffix in ["", "-wal"] where manager.fileExists(atPath: old + suffix) {
                    try manager.copyItem(atPath: old + suffix, toPath: path(number + 1) + suffix)
                }
                number += 1
            }
            try last?.close()
            guard end == .killed else { return }
            for suffix in ["", "-wal", "-shm", ".lock"] where manager.fileExists(atPath: old + suffix) {
                try manager.removeItem(atPath: old + suffix)
            }
        }
    }
}
