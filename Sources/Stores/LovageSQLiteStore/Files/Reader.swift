#if SQLite
import GRDB
import LovageStore
import Synchronization

/// Answers questions on a connection of its own, each from one snapshot of the file.
///
/// Unchecked, because statements are not safe to share: `rows` is touched only on the serial queue of `database`.
final class Reader: @unchecked Sendable {
    /// Questions that may wait; a caller past it is refused.
    static let mostWaiting = 10_000

    private let database: DatabaseQueue
    private let rows: StoreRows
    private let waiting = Mutex(0)
    private let isClosed = Mutex(false)

    init(_ database: DatabaseQueue) throws {
        self.database = database
        rows = try database.writeWithoutTransaction { StoreRows(try Connections.connection(of: $0)) }
    }

    private static let begin = SQL("BEGIN")
    private static let end = SQL("COMMIT")

    func read<Answer: Sendable>(
        _ attempted: String, _ query: @escaping @Sendable (StoreRows) throws -> Answer
    ) async throws(StoreError) -> Answer {
        _ = try enter(attempted)
        let result: Result<Answer, StoreError> = await withCheckedContinuation { continuation in
            database.asyncWriteWithoutTransaction { [self] _ in
                let result = Result { try answer(query) }.mapError { storeError($0, attempted: attempted) }
                waiting.withLock { $0 -= 1 }
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }

    /// The same for a question about a row or two. When nobody else asks it is answered on the caller's thread: the answer
    /// takes some microseconds, and a hand-over there and back takes many times that.
    func readRow<Answer: Sendable>(
        _ attempted: String, _ query: @escaping @Sendable (StoreRows) throws -> Answer
    ) async throws(StoreError) -> Answer {
        guard try enter(attempted) else {
            waiting.withLock { $0 -= 1 }
            return try await read(attempted, query)
        }
        defer { waiting.withLock { $0 -= 1 } }
        return try answerHere(attempted, query)
    }

    private func answerHere<Answer>(
        _ attempted: String, _ query: (StoreRows) throws -> Answer
    ) throws(StoreError) -> Answer {
        do {
            return try database.writeWithoutTransaction { _ in try answer(query) }
        } catch {
            throw storeError(error, attempted: attempted)
        }
    }

    /// Waits for the question that is being answered, and closes the connection.
    func close() throws {
        let wasClosed = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return isClosed
        }
        if wasClosed { return }
        database.writeWithoutTransaction { _ in rows.connection.finish() }
        try database.close()
    }

    /// Takes a place among those who ask; true when nobody else does.
    private func enter(_ attempted: String) throws(StoreError) -> Bool {
        guard !isClosed.withLock({ $0 }) else {
            throw StoreError(.closed, attempted: attempted, cause: "the store was closed")
        }
        let before = waiting.withLock { waiting in
            defer { if waiting < Self.mostWaiting { waiting += 1 } }
            return waiting
        }
        guard before < Self.mostWaiting else {
            throw StoreError(
                .overloaded, attempted: attempted,
                cause: "\(Self.mostWaiting) questions wait for the store already; try again later")
        }
        return before == 0
    }

    private func answer<Answer>(_ query: (StoreRows) throws -> Answer) throws -> Answer {
        guard !isClosed.withLock({ $0 }) else {
            throw StoreError(.closed, attempted: "read the store", cause: "the store was closed")
        }
        try rows.connection.statement(Self.begin).run()
        defer {
            // A read has nothing to lose: should ending it fail, the next one says so.
            _ = Result { try rows.connection.statement(Self.end).run() }
        }
        return try query(rows)
    }
}
#endif
