#if SQLite
import Foundation
import LovageCore
import LovageStore
import Synchronization
import Testing

@testable import LovageSQLiteStore

struct WriteAheadLogTests {
    @Test(.timeLimit(.minutes(5)))
    func `is as long as it becomes from the opening on, and the zeros at its end mean nothing after a kill`()
        async throws
    {
        let folder = try ScratchFolder()
        let store = try SQLiteStore(SQLiteConfiguration(path: folder.file()))
        #expect(try size(folder.file() + "-wal") == LogSpace.bytes)
        _ = try await store.submit(submissions(3))
        #expect(try size(folder.file() + "-wal") == LogSpace.bytes)
        try folder.copyAsAfterKill("store.db", to: "killed.db")
        let killed = try SQLiteStore(SQLiteConfiguration(path: folder.file("killed.db")))
        #expect(try await killed.queues().first?.ready == 3)
        _ = try await killed.submit(submissions(1, from: 4))
        try killed.close()
        let again = try folder.store("killed.db")
        #expect(try await again.queues().first?.ready == 4)
    }

    @Test(.timeLimit(.minutes(5)))
    func `is not made longer where a crash of the machine may take the last commits anyway`() throws {
        let folder = try ScratchFolder()
        let store = try folder.store()
        #expect(try size(folder.file() + "-wal") < LogSpace.bytes)
        try store.close()
    }

    @Test(.timeLimit(.minutes(5)))
    func `is moved into the file once it has its length, and begins again`() async throws {
        let folder = try ScratchFolder()
        let store = try folder.store()
        let before = try size(folder.file())
        var longest = 0
        for round in 0..<120 {
            _ = try await store.submit(submissions(1_000, from: 1 + round * 1_000))
            longest = max(longest, try size(folder.file() + "-wal"))
        }
        #expect(try size(folder.file()) > before + (1 << 20))
        #expect(longest < 2 * LogSpace.bytes)
        #expect(try await store.queues().first?.ready == 120_000)
    }

    @Test(.timeLimit(.minutes(5)))
    func `whose moving the disk does not confirm is the last thing written, and what was answered is there`()
        async throws
    {
        let folder = try ScratchFolder()
        let said = Mutex<[StoreError.Code]>([])
        let store = try SQLiteStore(
            SQLiteConfiguration(
                path: folder.file(), durability: .relaxed,
                unconfirmed: { error in said.withLock { $0.append(error.code) } }),
            faults: SQLiteFaults(beforeCheckpoint: {
                throw SQLiteFailure(code: SQLiteFailure.fileNotSynced, message: "the test said so")
            }))
        var stored = 0
        // Every call up to then is answered, the one whose commit filled the log as well.
        await #expect(throws: StoreError.self) {
            while stored < 200_000 {
                _ = try await store.submit(submissions(1_000, from: 1 + stored))
                stored += 1_000
            }
        }
        #expect(said.withLock { $0 } == [.inputOutput])
        #expect(await store.health().isWritable == false)
        try folder.copyAsAfterKill("store.db", to: "killed.db")
        #expect(try await folder.store("killed.db").queues().first?.ready == stored)
    }

    private func size(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    }
}
#endif
