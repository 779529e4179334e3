#if SQLite
import Foundation
import LovageCore
import LovageStore
import Testing

@testable import LovageSQLiteStore

struct DiskFailureTests {
    @Test(.timeLimit(.minutes(5)))
    func `a full disk refuses, keeps what was answered, and is left behind without a restart`() async throws {
        let folder = try ScratchFolder()
        let store = try folder.store()
        try await limit(store, pagesMore: 40)
        var stored = 0
        let error = await #expect(throws: StoreError.self) {
            while stored < 100_000 { stored += try await store.submit(submissions(50, from: stored + 1)).count }
        }
        #expect(error?.code == .full)
        #expect(error?.cause.contains("no restart is needed") == true)
        #expect(stored > 0)
        #expect(await store.health().problem?.contains("store_full") == true)
        #expect(try await store.queues().first?.ready == stored)
        try await limit(store, pagesMore: 1_000_000)
        #expect(await store.health().isWritable)
        stored += try await store.submit(submissions(50, from: stored + 1)).count
        try store.close()
        let again = try folder.store()
        #expect(try await again.queues().first?.ready == stored)
    }

    @Test(.timeLimit(.minutes(5)))
    func `one call too large for the disk does not take the others with it`() async throws {
        let folder = try ScratchFolder()
        let gate = GroupCommitTests.Gate()
        let store = try folder.store(faults: gate.faults)
        try await limit(store, pagesMore: 60)
        gate.arm()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await store.submit(submissions(1)) }
            await gate.waitUntilReached()
            for number in 1...3 {
                group.addTask { _ = try await store.submit(submissions(1, from: 10 * number)) }
            }
            group.addTask {
                let error = await #expect(throws: StoreError.self) {
                    try await store.submit(submissions(20_000, from: 1_000))
                }
                #expect(error?.code == .full)
            }
            while store.writes.waitingCount < 4 { await Task.yield() }
            gate.release()
            try await group.waitForAll()
        }
        #expect(try await store.jobs(JobFilter(), page: PageRequest(limit: 100)).items.count == 4)
    }

    @Test func `a file that became read-only refuses to write, and still answers questions`() async throws {
        let folder = try ScratchFolder()
        let store = try folder.store()
        _ = try await store.submit(submissions(1))
        try await store.writes.write("make it read-only") { try $0.connection.execute("PRAGMA query_only = 1") }
        let error = await #expect(throws: StoreError.self) { try await store.submit(submissions(1, from: 2)) }
        #expect(error?.code == .readOnly)
        #expect(try await store.job(submissions(1)[0].id) != nil)
        #expect(try await store.job(submissions(1, from: 2)[0].id) == nil)
    }

    @Test func `a folder that is not there is named`() throws {
        let folder = try ScratchFolder()
        let error = #expect(throws: StoreError.self) { try folder.store("missing/store.db") }
        #expect(error?.code == .inputOutput)
        #expect(error?.cause.contains("missing/store.db.lock") == true)
    }

    @Test(.enabled(if: getuid() != 0, "root may write everywhere"))
    func `a folder that cannot be written is named`() throws {
        let folder = try ScratchFolder()
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.path)
        defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path) }
        let error = #expect(throws: StoreError.self) { try folder.store() }
        #expect(error?.code == .readOnly)
    }

    @Test func `a file that is no database is refused and left as it is`() throws {
        let folder = try ScratchFolder()
        let text = String(repeating: "this is a letter, not a database\n", count: 100)
        try text.write(toFile: folder.file(), atomically: true, encoding: .utf8)
        let error = #expect(throws: StoreError.self) { try folder.store() }
        #expect(error?.code == .corrupt)
        #expect(try String(contentsOfFile: folder.file(), encoding: .utf8) == text)
    }

    @Test func `a damaged page is said to be damaged, and nothing of the call is stored`() async throws {
        let folder = try ScratchFolder()
        var store = try folder.store()
        _ = try await store.submit(submissions(200))
        let root = try await store.writes.write("find the jobs") {
            try $0.connection.number("SELECT rootpage FROM sqlite_schema WHERE name = 'jobs'")
        }
        try store.close()
        let handle = try #require(FileHandle(forWritingAtPath: folder.file()))
        try handle.seek(toOffset: UInt64(root - 1) * 4_096)
        try handle.write(contentsOf: Data(repeating: 0xFF, count: 4_096))
        try handle.close()
        store = try folder.store()
        let error = await #expect(throws: StoreError.self) { try await store.submit(submissions(1, from: 900)) }
        #expect(error?.code == .corrupt)
        #expect(await store.health().problem?.contains("store_corrupt") == true)
        // Nothing is written any more, wherever it would have gone.
        let after = await #expect(throws: StoreError.self) { try await store.set(QueueSettings(), for: "mail") }
        #expect(after?.code == .corrupt)
    }

    /// Lets the file grow by so many pages and no more.
    private func limit(_ store: SQLiteStore, pagesMore: Int64) async throws {
        _ = try await store.writes.write("limit the file") { transaction in
            let pages = try transaction.connection.number("PRAGMA page_count")
            return try transaction.connection.number("PRAGMA max_page_count = \(pages + pagesMore)")
        }
    }
}
#endif
