public import Foundation
public import LovageCore
public import LovageStore

// One append-only file for each attempt: FOLDER/ab/JOB/ATTEMPT.log, where ab are the last two digits of the job's id
// (its first ones are a time and would put a day's jobs into one folder).
//
// A file is a sequence of frames: one byte for the stream, four for the length (most significant first), the bytes. An
// offset is a place between two frames. A frame is written by one call in append mode; what a full disk cut off is cut
// away again, and what a crash cut off is at the end of its file, because a later attempt has a file of its own. So a
// frame that is not whole is the end.
//
// What could not be written at all is counted, and the log says so once it can be written to again (`LostOutput`).
//
// Nothing is synced to the disk: output tells people what happened, the outcome is the store's.

/// Keeps the output of attempts in files below one folder, for its owner only.
public struct FileLog: AttemptLog {
    private let folder: URL
    private let mostBytes: Int64
    private let hub = WakeUpHub()
    private let lost = LostOutput()
    static let headerSize = 5
    /// Longer pieces become several frames, so that a reader with a bound gets on.
    private static let longestFrame = 64 << 10

    /// Makes a log below `folder`, which is made when something is written. `mostBytes` of each attempt are kept, what
    /// comes later is left out. Default 64 MiB.
    public init(folder: URL, mostBytes: Int64 = 64 << 20) {
        self.folder = folder
        self.mostBytes = mostBytes
    }

    /// Adds what an attempt wrote.
    @concurrent public func append(_ piece: LogPiece, to attempt: AttemptKey) async throws(StoreError) {
        guard !piece.bytes.isEmpty else { return }
        do {
            try tellLoss(of: attempt)
            try write(piece, to: attempt)
        } catch {
            lost.add(piece.bytes.count, of: attempt)
            throw error
        }
        // The disk takes something again: others have theirs to say too.
        settle()
    }

    /// Says in the logs of attempts that lack something how much, where that can be written by now; for whoever is about to
    /// let the log go.
    public func settle() {
        for attempt in lost.some(Self.mostSettled) {
            do {
                try tellLoss(of: attempt)
            } catch {
                // It stays to be said, and the disk still takes nothing.
                return
            }
        }
    }

    /// Most logs that one piece of another attempt brings up to date.
    private static let mostSettled = 16

    private func tellLoss(of attempt: AttemptKey) throws(StoreError) {
        guard let count = lost.take(attempt) else { return }
        let text =
            "\n[lovage: \(count) bytes of output could not be kept: there was no room for them, or the disk failed]\n"
        do {
            try write(LogPiece(stream: .error, bytes: Array(text.utf8)), to: attempt)
        } catch {
            lost.add(count, of: attempt)
            throw error
        }
    }

    private func write(_ piece: LogPiece, to attempt: AttemptKey) throws(StoreError) {
        let file = try LogFile(creating: url(of: attempt))
        var size = try file.size()
        guard size < mostBytes else { return }
        for start in stride(from: 0, to: piece.bytes.count, by: Self.longestFrame) {
            let slice = piece.bytes[start..<min(start + Self.longestFrame, piece.bytes.count)]
            let frame = Self.frame(piece.stream, slice)
            guard size + Int64(frame.count) <= mostBytes else {
                try file.append(note(after: size))
                break
            }
            try file.append(frame)
            size += Int64(frame.count)
        }
        hub.wake([.job(attempt.job)])
    }

    /// What stands at `offset`; nil when no frame begins there.
    @concurrent public func read(_ attempt: AttemptKey, from offset: Int64, upTo limit: Int) async throws(StoreError)
        -> LogChunk?
    {
        do {
            try tellLoss(of: attempt)
        } catch {
            // Still no room: what there is can be read nevertheless.
        }
        guard let file = try LogFile(reading: url(of: attempt)) else {
            return offset == 0 ? LogChunk(pieces: [], next: 0) : nil
        }
        let size = try file.size()
        guard (0...size).contains(offset) else { return nil }
        let bytes = try file.read(from: offset, count: max(limit, Self.longestFrame + Self.headerSize))
        return Self.chunk(bytes, at: offset)
    }

    /// Yields when something was added to a log of this job.
    public func changes(of job: JobID) -> AsyncStream<Void> { hub.listen(to: [.job(job)]) }

    /// Removes all logs of these jobs.
    @concurrent public func delete(_ jobs: [JobID]) async throws(StoreError) {
        lost.forget(Set(jobs))
        for job in jobs {
            let url = folder(of: job)
            guard FileManager.default.fileExists(atPath: url.path) else { continue }
            do {
                try FileManager.default.removeItem(at: url)
            } catch {
                throw StoreError(.inputOutput, attempted: "delete the logs of job \(job)", cause: "\(error)")
            }
        }
    }

    private func folder(of job: JobID) -> URL {
        let name = job.description
        return folder.appending(path: String(name.suffix(2))).appending(path: name)
    }

    private func url(of attempt: AttemptKey) -> URL {
        folder(of: attempt.job).appending(path: "\(attempt.attempt).log")
    }

    /// Says that the rest is left out, in a frame long enough to bring the file past its bound: so it is written once.
    private func note(after size: Int64) -> [UInt8] {
        let text = Array("\n[lovage: output past \(mostBytes) bytes left out]".utf8)
        let padding = max(1, Int(mostBytes - size) - Self.headerSize - text.count)
        return Self.frame(
            .error,
            (text + [UInt8](repeating: UInt8(ascii: "\n"), count: min(padding, Self.longestFrame - text.count)))[...])
    }

    private static func frame(_ stream: LogPiece.Stream, _ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let count = UInt32(bytes.count)
        return [stream.rawValue] + (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) } + bytes
    }

    /// The whole frames that bytes begin with; nil when they begin with none of ours.
    package static func chunk(_ bytes: [UInt8], at offset: Int64) -> LogChunk? {
        if let first = bytes.first, LogPiece.Stream(rawValue: first) == nil { return nil }
        var entries: [LogChunk.Entry] = []
        var position = 0
        while position + headerSize <= bytes.count {
            guard let stream = LogPiece.Stream(rawValue: bytes[position]) else {
                return entries.isEmpty ? nil : LogChunk(pieces: entries, next: offset + Int64(position))
            }
            let count = bytes[(position + 1)..<(position + headerSize)].reduce(0) { $0 << 8 | Int($1) }
            guard count <= longestFrame else {
                return entries.isEmpty ? nil : LogChunk(pieces: entries, next: offset + Int64(position))
            }
            guard position + headerSize + count <= bytes.count else { break }
            let piece = LogPiece(
                stream: stream, bytes: Array(bytes[(position + headerSize)..<(position + headerSize + count)]))
            position += headerSize + count
            entries.append(LogChunk.Entry(piece, next: offset + Int64(position)))
        }
        return LogChunk(pieces: entries, next: offset + Int64(position))
    }
}
