public import LovageCore

/// Where the output of attempts goes: beside the store, never through a job's row.
///
/// One writer, the attempt's worker, appends; everybody reads. What was appended before an attempt's end was reported
/// is there for whoever sees that end.
public protocol AttemptLog: Sendable {
    /// Adds what an attempt wrote; what goes past the log's bound is left out and a note says so.
    func append(_ piece: LogPiece, to attempt: AttemptKey) async throws(StoreError)

    /// What stands at `offset`, at most about `limit` bytes; nothing and the same offset at the end. An offset is 0 or
    /// the `next` of an earlier chunk; for another one the answer is nil.
    func read(_ attempt: AttemptKey, from offset: Int64, upTo limit: Int) async throws(StoreError) -> LogChunk?

    /// Yields when something was added to a log of this job. Listen first and read afterwards.
    func changes(of job: JobID) -> AsyncStream<Void>

    /// Removes all logs of these jobs.
    func delete(_ jobs: [JobID]) async throws(StoreError)
}

/// Names the log of one attempt.
public struct AttemptKey: Sendable, Hashable {
    /// The job.
    public let job: JobID
    /// Which of its attempts, from 1.
    public let attempt: Int
    /// Makes a key.
    public init(job: JobID, attempt: Int) {
        self.job = job
        self.attempt = attempt
    }
}

/// Bytes that an attempt wrote to one of its streams in one go.
public struct LogPiece: Sendable, Hashable {
    /// Where it wrote them.
    public let stream: Stream
    /// What it wrote; any bytes.
    public let bytes: [UInt8]

    /// The two streams, kept in the order they were read.
    public enum Stream: UInt8, Sendable, Hashable, CaseIterable {
        case output = 1
        case error = 2
    }

    /// Makes a piece.
    public init(stream: Stream, bytes: [UInt8]) {
        self.stream = stream
        self.bytes = bytes
    }
}

/// A part of a log.
public struct LogChunk: Sendable, Hashable {
    /// Each piece, and the offset behind it.
    public let pieces: [Entry]
    /// Where to go on.
    public let next: Int64

    /// A piece in its place.
    public struct Entry: Sendable, Hashable {
        /// What was written.
        public let piece: LogPiece
        /// The offset behind it.
        public let next: Int64
        /// Puts a piece in its place.
        public init(_ piece: LogPiece, next: Int64) {
            self.piece = piece
            self.next = next
        }
    }

    /// Makes a chunk.
    public init(pieces: [Entry], next: Int64) {
        self.pieces = pieces
        self.next = next
    }
}
