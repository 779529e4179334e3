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
        try enter(attempted)
        let result: Result<Answer, StoreError> = await withCheckedContinuation { continuation in
            database.asyncWriteWithoutTransaction { [self] _ in
                let result = Result { try answer(query) }.mapError { storeError($0, attempted: attempted) }
                waiting.withLock { $0 -= 1 }
                continuation.resume(returning: result)
            }
        }
        return try result.get()
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

    private func enter(_ attempted: String) throws(StoreError) {
        guard !isClosed.withLock({ $0 }) else {
            throw StoreError(.closed, attempted: attempted, cause: "the store was closed")
        }
        let isFree = waiting.withLock { waiting in
            guard waiting < Self.mostWaiting else { return false }
            waiting += 1
            return true
        }
        guard isFree else {
            throw StoreError(
                .overloaded, attempted: attempted,
                cause: "\(Self.mostWaiting) questions wait for the store already; try again later")
        }
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
