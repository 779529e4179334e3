public import LovageCore
import Synchronization

/// Output of attempts in memory: for tests, and for servers whose store lives there too.
public final class MemoryLog: AttemptLog {
    private let logs = Mutex<[JobID: [Int: [LogPiece]]]>([:])
    private let hub = WakeUpHub()
    private let mostPieces: Int

    /// Makes an empty log that keeps `mostPieces` of each attempt. Default 10,000.
    public init(mostPieces: Int = 10_000) { self.mostPieces = mostPieces }

    /// Adds what an attempt wrote.
    public func append(_ piece: LogPiece, to attempt: AttemptKey) async throws(StoreError) {
        logs.withLock { logs in
            guard logs[attempt.job]?[attempt.attempt]?.count ?? 0 < mostPieces else { return }
            logs[attempt.job, default: [:]][attempt.attempt, default: []].append(piece)
        }
        hub.wake([.job(attempt.job)])
    }

    /// What stands at `offset`, which counts pieces.
    public func read(_ attempt: AttemptKey, from offset: Int64, upTo limit: Int) async throws(StoreError) -> LogChunk? {
        logs.withLock { logs in
            let pieces = logs[attempt.job]?[attempt.attempt] ?? []
            guard let start = Int(exactly: offset), (0...pieces.count).contains(start) else { return nil }
            var entries: [LogChunk.Entry] = []
            var size = 0
            for (index, piece) in pieces[start...].enumerated() where size < limit {
                size += piece.bytes.count
                entries.append(LogChunk.Entry(piece, next: offset + Int64(index) + 1))
            }
            return LogChunk(pieces: entries, next: entries.last?.next ?? offset)
        }
    }

    /// Yields when something was added to a log of this job.
    public func changes(of job: JobID) -> AsyncStream<Void> { hub.listen(to: [.job(job)]) }

    /// Removes all logs of these jobs.
    public func delete(_ jobs: [JobID]) async throws(StoreError) {
        logs.withLock { logs in for job in jobs { logs[job] = nil } }
    }
}
