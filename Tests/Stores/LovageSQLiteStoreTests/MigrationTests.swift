#if SQLite
import Foundation
import LovageCore
import LovageStore
import LovageStoreContract
import LovageWorkflow
import Testing

@testable import LovageSQLiteStore

struct MigrationTests {
    /// Made by earlier versions of the store and never written again: seven jobs in all states but blocked, and a run of
    /// two.
    static let firstVersion = fixture("store-version-1.db")
    static let secondVersion = fixture("store-version-2.db")
    static let thirdVersion = fixture("store-version-3.db")
    static let fourthVersion = fixture("store-version-4.db")

    static func fixture(_ name: String) -> String {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.appendingPathComponent("Fixtures/sqlite/\(name)").path
    }

    @Test(arguments: [firstVersion, secondVersion, thirdVersion, fourthVersion])
    func `a file of an earlier version is brought to the newest, with everything in it`(_ file: String) async throws {
        let folder = try ScratchFolder()
        try FileManager.default.copyItem(atPath: file, toPath: folder.file())
        let store = try folder.store(clock: VirtualClock())
        #expect(try await number(store, "PRAGMA user_version") == Int64(Migration.all.last?.version ?? 0))
        let jobs = try await store.jobs(JobFilter(), page: PageRequest(limit: 100)).items
        #expect(jobs.count == 9)
        #expect(jobs.allSatisfy { $0.brokenInvariant == nil })
        #expect(jobs.filter { $0.outcome == .succeeded }.map(\.result) == [.some(JSONText(trusted: Array("[1]".utf8)))])
        let failed = try await store.jobs(JobFilter(outcome: .failed), page: PageRequest()).items
        #expect(failed.map(\.failure?.kind) == ["exit 7"])
        #expect(try await store.attempts(of: failed[0].id).count == 1)
        #expect(try await store.queues().first?.waiting == jobs.count { $0.isWaiting })
        let run = try #require(try await store.workflows(WorkflowFilter(), page: PageRequest()).items.first)
        #expect(run.steps.map(\.state) == [.running, .waiting])
        // It goes on from where it stopped.
        let last = jobs.map(\.sequence).max() ?? 0
        _ = try await store.submit(submissions(1, from: 900))
        #expect(try await store.job(submissions(1, from: 900)[0].id)?.sequence == last + 1)
    }

    @Test func `a unique job of an earlier version stands for one whose arguments are written otherwise`() async throws
    {
        let folder = try ScratchFolder()
        let old = try folder.store()
        var sent = submissions(2, from: 700)
        for index in sent.indices { sent[index].options.unique = .allArguments }
        sent[0].arguments = try JSONText(validating: #"{"b":1,"a":2}"#)
        sent[1].arguments = try JSONText(validating: #"{"a":2.0, "b":1}"#)
        _ = try await old.submit([sent[0]])
        try await old.writes.write("make it older") {
            try $0.connection.execute("UPDATE jobs SET unique_hash = 17; PRAGMA user_version = 4")
        }
        try old.close()
        let store = try folder.store()
        #expect(try await store.submit([sent[1]]) == [.merged(sent[0].id)])
    }

    @Test func `a migrated file and a new one have the same schema, which is the one that is kept`() async throws {
        let folder = try ScratchFolder()
        try FileManager.default.copyItem(atPath: Self.firstVersion, toPath: folder.file("old.db"))
        let migrated = try await schema(try folder.store("old.db"))
        let new = try await schema(try folder.store("new.db"))
        #expect(migrated == new)
        let path = Self.fixture("schema.sql")
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
            try new.write(toFile: path, atomically: true, encoding: .utf8)
        }
        #expect(
            new == (try String(contentsOfFile: path, encoding: .utf8)), "run with RECORD_SNAPSHOTS=1 if it is meant")
    }

    @Test func `a file of a newer version is refused, and says which versions are known`() async throws {
        let folder = try ScratchFolder()
        let store = try folder.store()
        try store.close()
        let newer = Migration(version: 99, sql: "SELECT 1")
        try SQLiteStore(
            SQLiteConfiguration(path: folder.file()), migrations: Migration.all + [newer], faults: SQLiteFaults()
        ).close()
        let error = #expect(throws: StoreError.self) { try folder.store() }
        #expect(error?.code == .newer)
        #expect(error?.cause.contains("version 99") == true)
    }

    @Test func `a migration that fails leaves the file as it was`() async throws {
        let folder = try ScratchFolder()
        try folder.store().close()
        let broken = Migration(
            version: 1 + (Migration.all.last?.version ?? 0),
            sql: "CREATE TABLE half (a); INSERT INTO nowhere VALUES (1)")
        #expect(throws: StoreError.self) {
            try SQLiteStore(
                SQLiteConfiguration(path: folder.file()), migrations: Migration.all + [broken], faults: SQLiteFaults())
        }
        let store = try folder.store()
        #expect(try await number(store, "SELECT count(*) FROM sqlite_schema WHERE name = 'half'") == 0)
    }

    @Test func `another program's database is refused and left as it is`() async throws {
        let folder = try ScratchFolder()
        let store = try folder.store()
        try await store.writes.write("make it another's") { try $0.connection.execute("PRAGMA application_id = 7") }
        try store.close()
        let error = #expect(throws: StoreError.self) { try folder.store() }
        #expect(error?.code == .corrupt)
        #expect(error?.cause.contains("another program") == true)
    }

    private func number(_ store: SQLiteStore, _ sql: String) async throws -> Int64 {
        try await store.reader.read("ask") { try $0.connection.number(sql) }
    }

    private func schema(_ store: SQLiteStore) async throws -> String {
        try await store.reader.read("read the schema") { rows in
            try rows.connection.statement(
                built: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name"
            ).all { $0.text(0) + ";\n" }.joined()
        }
    }
}
#endif
