#if SQLite
import Foundation
import LovageCore
import LovageStore
import LovageStoreContract
import Testing

@testable import LovageSQLiteStore

struct OwnershipTests {
    @Test func `a second owner in the same process is refused, and named`() throws {
        let folder = try ScratchFolder()
        let store = try folder.store()
        let error = #expect(throws: StoreError.self) { try folder.store() }
        #expect(error?.code == .owned)
        #expect(error?.cause.contains("this process (\(getpid()))") == true)
        try store.close()
        try folder.store().close()
    }

    @Test func `a second process is refused with the pid of the first, until that one ends`() throws {
        let folder = try ScratchFolder()
        let path = folder.file() + ".lock"
        let other = Process()
        other.executableURL = URL(fileURLWithPath: "/bin/sh")
        // Takes the lock as a store does, says so, and holds it until its input ends.
        other.arguments = ["-c", "exec 9<>\"$0\"; flock -n 9 && echo $$ >&9 && echo locked && cat", path]
        let (input, output) = (Pipe(), Pipe())
        other.standardInput = input
        other.standardOutput = output
        try other.run()
        #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) == "locked\n")
        let error = #expect(throws: StoreError.self) { try folder.store() }
        #expect(error?.code == .owned)
        #expect(error?.cause.contains("process \(other.processIdentifier) ") == true)
        try input.fileHandleForWriting.close()
        other.waitUntilExit()
        try folder.store().close()
    }

    @Test func `opening ends what the last owner ran in its own slots, and nothing else`() async throws {
        let folder = try ScratchFolder()
        let clock = VirtualClock()
        let remote = WorkerID(UUIDv7(high: 0x0190_0000_0000_7001, low: 0x8000_0000_0000_0002))
        var store = try folder.store(clock: clock)
        for (id, isLocal) in [(worker, true), (remote, false)] {
            try await store.register(
                WorkerRecord(
                    id: id, name: "host:1", offer: ClaimRule.Offer(kinds: ["work"], queues: ["default"]), slots: 1,
                    isLocal: isLocal), lease: .seconds(30))
        }
        _ = try await store.submit(submissions(2))
        let lost = try #require(try await claim(store, upTo: 1).first)
        let kept = try #require(try await claim(store, upTo: 1, for: remote).first)
        try folder.copyAsAfterKill("store.db", to: "killed.db")
        store = try folder.store("killed.db", clock: clock)
        #expect(try await store.job(lost.id)?.state == .ready)
        #expect(try await store.job(lost.id)?.used.crashed == 1)
        #expect(try await store.attempts(of: lost.id).map(\.end) == [.lost(started: true)])
        #expect(try await store.job(kept.id) == kept)
        #expect(try await store.workers().map(\.record.id) == [remote])
    }

    @Test func `a full store loses nothing that was answered, a relaxed one says what it may lose`() async throws {
        let folder = try ScratchFolder()
        let full = try SQLiteStore(SQLiteConfiguration(path: folder.file("full.db")))
        #expect(await full.health().lossWindow == nil)
        #expect(try await full.writes.write("ask") { try $0.connection.number("PRAGMA synchronous") } == 2)
        let relaxed = try SQLiteStore(SQLiteConfiguration(path: folder.file("relaxed.db"), durability: .relaxed))
        #expect(await relaxed.health().lossWindow?.contains("power cut") == true)
        #expect(try await relaxed.writes.write("ask") { try $0.connection.number("PRAGMA synchronous") } == 1)
    }
}
#endif
