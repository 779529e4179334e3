import CSQLite

#if canImport(Glibc)
import Glibc
#endif

/// The least that SQLite has to do for jobs in Lovage's tables: the rows and indexes of a real file, no checks, no
/// decisions, no other process, no other thread.
final class JobTable {
    private let connection: Connection
    private let begin: Statement
    private let commit: Statement
    private let insertJob: Statement
    private let claimJobs: Statement
    private let finishJob: Statement
    private let insertAttempt: Statement

    /// 200 bytes of JSON, as every measured system is given.
    private let arguments = Bytes("{\"payload\":\"" + String(repeating: "x", count: 186) + "\"}")
    private let kind = Bytes("bench.nothing")
    private let queue = Bytes("default")
    private let worker = Bytes("0123456789abcdef")
    private let result = Bytes("186")
    private var id = [UInt8](repeating: 0x70, count: 16)
    private var inserted: Int64 = 0
    private var claimed: [Int64] = []

    static let argumentBytes = 200

    /// - Parameter path: a database that `lovage up` made: its tables and indexes are what is measured.
    init(_ path: String) throws {
        connection = try Connection(path)
        begin = try Statement("BEGIN IMMEDIATE", on: connection)
        commit = try Statement("COMMIT", on: connection)
        insertJob = try Statement(
            """
            INSERT INTO jobs (id, kind, queue, priority, arguments, submitted, submitted_wall, generation, state, fence, \
            attempts, sequence, failed, crashed, unstarted) \
            VALUES (?1, ?2, ?3, 0, ?4, ?5, ?5, 1, 1, 0, 0, ?6, 0, 0, 0)
            """, on: connection)
        claimJobs = try Statement(
            """
            UPDATE jobs SET state = 3, fence = fence + 1, attempts = attempts + 1, worker = ?1, claimed = ?2, \
            lease_started = ?2, lease_expires = ?2 + 30000000, started = ?2 \
            WHERE row IN (SELECT row FROM jobs WHERE state = 1 AND queue = ?3 AND kind = ?4 \
            ORDER BY priority DESC, sequence LIMIT ?5) RETURNING row, id, arguments
            """, on: connection)
        finishJob = try Statement(
            """
            UPDATE jobs SET state = 4, detail = 0, worker = NULL, claimed = NULL, lease_started = NULL, \
            lease_expires = NULL, finished = ?2, result = ?3 WHERE row = ?1 AND state = 3 AND fence = 1
            """, on: connection)
        insertAttempt = try Statement(
            """
            INSERT INTO attempts (job, number, generation, fence, worker, claimed, started, ended, end_code) \
            VALUES (?1, 1, 1, 1, ?3, ?2, ?2, ?2, 0)
            """, on: connection)
        for (statement, positions) in [(insertJob, (2, 3)), (claimJobs, (4, 3))] as [(Statement, (Int32, Int32))] {
            statement.bind(positions.0, text: kind.raw)
            statement.bind(positions.1, text: queue.raw)
        }
        insertJob.bind(4, blob: arguments.raw)
        claimJobs.bind(1, blob: worker.raw)
        finishJob.bind(3, blob: result.raw)
        insertAttempt.bind(3, blob: worker.raw)
    }

    /// Stores this many ready jobs in one commit; answers how many.
    @discardableResult
    func insert(_ count: Int) throws -> Int {
        try begin.run()
        for _ in 0..<count {
            inserted += 1
            // Like a UUIDv7: the beginning only grows, the end is scattered.
            withUnsafeBytes(of: (0x0190_0000_0000_0000 + inserted).bigEndian) { head in
                for index in 0..<8 { id[index] = head[index] }
            }
            withUnsafeBytes(of: UInt64(bitPattern: inserted) &* 0x9E37_79B9_7F4A_7C15) { tail in
                for index in 0..<8 { id[8 + index] = tail[index] }
            }
            try id.withUnsafeBytes { bytes in
                insertJob.bind(1, blob: bytes)
                insertJob.bind(5, microseconds())
                insertJob.bind(6, inserted)
                try insertJob.run()
            }
        }
        try commit.run()
        return count
    }

    /// Claims up to this many jobs in one commit, and marks them finished, with their attempts, in another one; answers
    /// how many.
    func claimAndMark(_ count: Int, withAttempts: Bool) throws -> Int {
        try begin.run()
        try claim(count)
        try commit.run()
        try begin.run()
        try mark(withAttempts: withAttempts)
        try commit.run()
        return claimed.count
    }

    /// Marks what was claimed before and claims as much again, in one commit; answers how many were marked.
    func markAndClaim(_ count: Int) throws -> Int {
        let marked = claimed.count
        try begin.run()
        try mark(withAttempts: true)
        try claim(count)
        try commit.run()
        return marked
    }

    private func claim(_ count: Int) throws {
        claimed.removeAll(keepingCapacity: true)
        claimJobs.bind(2, microseconds())
        claimJobs.bind(5, Int64(count))
        while try claimJobs.step() {
            guard claimJobs.size(1) == 16, claimJobs.size(2) == Self.argumentBytes else {
                throw SQLiteError(description: "a claimed job has other arguments than it was given")
            }
            claimed.append(claimJobs.int64(0))
        }
    }

    private func mark(withAttempts: Bool) throws {
        let now = microseconds()
        for row in claimed {
            finishJob.bind(1, row)
            finishJob.bind(2, now)
            try finishJob.run(changing: 1)
            guard withAttempts else { continue }
            insertAttempt.bind(1, row)
            insertAttempt.bind(2, now)
            try insertAttempt.run()
        }
    }

    /// Reads back that all that was inserted is there, and that exactly this many have ended as they should.
    func check(finished: Int, withAttempts: Bool = true) throws {
        let jobs = try connection.number("SELECT count(*) FROM jobs")
        let done = try connection.number("SELECT count(*) FROM jobs WHERE state = 4 AND result = x'313836'")
        let attempts = try connection.number(
            "SELECT count(*) FROM jobs JOIN attempts ON attempts.job = jobs.row WHERE state = 4 AND end_code = 0")
        guard jobs == inserted, done == finished, attempts == (withAttempts ? done : 0) else {
            throw SQLiteError(
                description: "\(jobs) jobs of \(inserted) are there, \(done) of \(finished) ended, \(attempts) attempts"
            )
        }
    }

    /// Moves what the log holds into the file, so that a measurement begins with an empty one.
    func checkpoint() throws { try connection.execute("PRAGMA wal_checkpoint(TRUNCATE)") }

    private func microseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1_000
    }
}

/// Bytes that stay at one place, so that they can be bound once.
final class Bytes {
    let raw: UnsafeRawBufferPointer

    init(_ text: String) {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: text.utf8.count, alignment: 8)
        bytes.copyBytes(from: text.utf8)
        raw = UnsafeRawBufferPointer(bytes)
    }

    deinit { raw.deallocate() }
}
