import Foundation
import LovageCore
import LovageStore
import Testing

@testable import LovageFileLog

struct FileLogTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "lovage-log-\(UUID().uuidString)")
    private let key = AttemptKey(job: JobID("01930a3e-0000-7000-8000-0000000000ab")!, attempt: 2)

    private func text(_ chunk: LogChunk?) -> String {
        String(decoding: (chunk?.pieces ?? []).flatMap(\.piece.bytes), as: UTF8.self)
    }

    @Test func `pieces are read back in order with their streams`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let log = FileLog(folder: folder)
        try await log.append(LogPiece(stream: .output, bytes: Array("one ".utf8)), to: key)
        try await log.append(LogPiece(stream: .error, bytes: Array("two".utf8)), to: key)
        let chunk = try await log.read(key, from: 0, upTo: 1)
        #expect(chunk?.pieces.map(\.piece.stream) == [.output, .error])
        #expect(text(chunk) == "one two")
        let first = try #require(chunk?.pieces.first)
        #expect(text(try await log.read(key, from: first.next, upTo: 100)) == "two")
        let next = try #require(chunk?.next)
        #expect(try await log.read(key, from: next, upTo: 100) == LogChunk(pieces: [], next: next))
    }

    @Test func `a log that nobody wrote is empty`() async throws {
        #expect(try await FileLog(folder: folder).read(key, from: 0, upTo: 10) == LogChunk(pieces: [], next: 0))
        #expect(try await FileLog(folder: folder).read(key, from: 1, upTo: 10) == nil)
    }

    @Test func `files and folders are their owner's only, and named by the end of the id`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try await FileLog(folder: folder).append(LogPiece(stream: .output, bytes: [1]), to: key)
        let file = folder.appending(path: "ab/\(key.job)/2.log")
        for (url, mode) in [(file, 0o600), (file.deletingLastPathComponent(), 0o700), (folder, 0o700)] {
            let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
            #expect((attributes[.posixPermissions] as? Int).map { $0 & 0o777 } == mode)
        }
    }

    @Test(arguments: [1, 7, 200_000]) func `output of any size and any bytes comes back whole`(_ count: Int)
        async throws
    {
        defer { try? FileManager.default.removeItem(at: folder) }
        let log = FileLog(folder: folder)
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try await log.append(LogPiece(stream: .output, bytes: bytes), to: key)
        var found: [UInt8] = []
        var offset: Int64 = 0
        while let chunk = try await log.read(key, from: offset, upTo: 1_000), chunk.next > offset {
            found += chunk.pieces.flatMap(\.piece.bytes)
            offset = chunk.next
        }
        #expect(found == bytes)
    }

    @Test func `past its bound a log takes a note once and nothing more`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let log = FileLog(folder: folder, mostBytes: 1_000)
        for _ in 0..<50 {
            try await log.append(LogPiece(stream: .output, bytes: [UInt8](repeating: 0x61, count: 90)), to: key)
        }
        let all = text(try await log.read(key, from: 0, upTo: 1 << 20))
        #expect(all.count { $0 == "a" } >= 800)
        #expect(all.components(separatedBy: "left out").count == 2)
        #expect(all.utf8.count < 1_200)
    }

    @Test func `a frame that a crash cut off is the end`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let log = FileLog(folder: folder)
        try await log.append(LogPiece(stream: .output, bytes: Array("whole".utf8)), to: key)
        try await log.append(LogPiece(stream: .output, bytes: Array("torn".utf8)), to: key)
        let path = folder.appending(path: "ab/\(key.job)/2.log").path
        #expect(truncate(path, 17) == 0)
        let chunk = try await log.read(key, from: 0, upTo: 100)
        #expect(text(chunk) == "whole")
        #expect(chunk?.next == 10)
    }

    @Test func `an offset that is no beginning of a piece is refused`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let log = FileLog(folder: folder)
        try await log.append(LogPiece(stream: .output, bytes: Array("abc".utf8)), to: key)
        for offset: Int64 in [1, 5, 9, -1, .max] {
            #expect(try await log.read(key, from: offset, upTo: 100) == nil, "offset \(offset)")
        }
    }

    @Test func `whoever listens is woken by output, and deleting takes everything`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let log = FileLog(folder: folder)
        var changes = log.changes(of: key.job).makeAsyncIterator()
        try await log.append(LogPiece(stream: .output, bytes: [1]), to: key)
        #expect(await changes.next() != nil)
        try await log.delete([key.job, JobID("01930a3e-0000-7000-8000-0000000000ac")!])
        #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "ab/\(key.job)").path))
        #expect(try await log.read(key, from: 0, upTo: 10) == LogChunk(pieces: [], next: 0))
    }

    @Test func `a folder that cannot be written is an error, not a loss in silence`() async throws {
        let log = FileLog(folder: URL(filePath: "/proc/nothing"))
        await #expect(throws: StoreError.self) {
            try await log.append(LogPiece(stream: .output, bytes: [1]), to: key)
        }
    }

    /// Every write fails as long as a file stands where a folder is needed.
    @Test func `output that could not be kept is told in its own log, once that can be written`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let obstacle = folder.appending(path: "ab")
        try Data().write(to: obstacle)
        let log = FileLog(folder: folder)
        let other = AttemptKey(job: key.job, attempt: 3)
        for (attempt, count) in [(key, 100), (key, 23), (other, 7)] {
            await #expect(throws: StoreError.self) {
                try await log.append(
                    LogPiece(stream: .output, bytes: [UInt8](repeating: 1, count: count)), to: attempt)
            }
        }
        try FileManager.default.removeItem(at: obstacle)
        try await log.append(LogPiece(stream: .output, bytes: Array("later".utf8)), to: key)
        let said = text(try await log.read(key, from: 0, upTo: 1_000))
        #expect(said.hasPrefix("\n[lovage: 123 bytes of output could not be kept"))
        #expect(said.hasSuffix("]\nlater"))
        // Its own end came while nothing could be written, and nothing more will.
        #expect(text(try await log.read(other, from: 0, upTo: 1_000)).contains("7 bytes of output could not be kept"))
        #expect(text(try await log.read(key, from: 0, upTo: 1_000)) == said, "said once")
    }

    @Test func `output that could not be kept is told at the next read when nothing more is written`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let obstacle = folder.appending(path: "ab")
        try Data().write(to: obstacle)
        let log = FileLog(folder: folder)
        await #expect(throws: StoreError.self) {
            try await log.append(LogPiece(stream: .output, bytes: [1, 2]), to: key)
        }
        try FileManager.default.removeItem(at: obstacle)
        #expect(text(try await log.read(key, from: 0, upTo: 1_000)).contains("2 bytes of output could not be kept"))
    }
}
