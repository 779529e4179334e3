#if SQLite
import GRDB
import LovageCore
import LovageStore
import Synchronization

// Group commit: whoever wants to write while a commit is under way waits for the next one, which takes all of them.
//
// Operations wait in a bounded list. When none is being worked on, the first one to come schedules a drain on the serial
// queue of the one writing connection; the drain takes what waits, applies each operation in a savepoint, commits once,
// and only then wakes those who listen and answers every caller. One hand-over between threads and one fsync serve a
// whole group, and the longer a commit takes, the larger the next group is. A crash before the commit has answered
// nobody. Claims that found nothing wait with the writer: a group that makes jobs ready gives them out in its own commit.

/// One call that writes.
struct Operation: Sendable {
    /// Does the work inside the transaction; answers what to call after the commit.
    let perform: @Sendable (WriteTransaction) throws -> @Sendable () -> Void
    /// Tells the caller that nothing of its call is stored.
    let refuse: @Sendable (StoreError) -> Void
    /// What is attempted, for errors.
    let attempted: String
}

final class GroupCommit: Sendable {
    /// Callers that may wait. Each holds its arguments in memory, so the list needs an end; a caller past it is refused.
    static let mostWaiting = 10_000
    /// Operations in one commit: enough to hide the fsync, few enough that nobody waits long for another's work.
    static let mostTogether = 256

    private let database: DatabaseQueue
    private let writer: Writer
    private let state = Mutex(State())

    private struct State {
        var waiting: [Operation] = []
        var isDraining = false
        var isClosed = false
    }

    init(_ database: DatabaseQueue, _ writer: Writer) {
        self.database = database
        self.writer = writer
    }

    /// What was wrong when something could not be written last; nil when nothing was since it was forgotten.
    var problem: StoreError? { writer.problem.withLock { $0 } }

    /// Writing works again.
    func forgetProblem() { writer.problem.withLock { $0 = nil } }

    /// How many operations wait for the next commit.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// True while a claim waits for work.
    var hasWaitingClaims: Bool { !writer.claims.isEmpty }

    /// Runs `body` in a transaction shared with others; answers after its commit. With `here`, and when nobody else writes,
    /// the commit is done on the caller's thread, which waits for the disk.
    func write<Answer: Sendable>(
        _ attempted: String, here: Bool = false, _ body: @escaping @Sendable (WriteTransaction) throws -> Answer
    ) async throws(StoreError) -> Answer {
        let result: Result<Answer, StoreError> = await withCheckedContinuation { continuation in
            enqueue(
                Operation(
                    perform: { transaction in
                        let answer = try body(transaction)
                        return { continuation.resume(returning: .success(answer)) }
                    },
                    refuse: { continuation.resume(returning: .failure($0)) },
                    attempted: attempted), here: here)
        }
        return try result.get()
    }

    /// Claims in a transaction shared with others. When there is nothing to take, the claim waits for a transaction that
    /// makes jobs ready, and is carried out by that one (`Writer`).
    func claim(_ request: ClaimRequest, waiting ticket: ClaimTicket) async throws(StoreError) -> [Job] {
        let result: Result<[Job], StoreError> = await withCheckedContinuation { continuation in
            let claim = WaitingClaim(request, ticket, continuation)
            enqueue(
                Operation(
                    perform: { [writer] transaction in
                        // A repeat, after a commit that failed, of one that was withdrawn meanwhile.
                        guard claim.take() else { return {} }
                        let jobs = try transaction.claim(request)
                        if !jobs.isEmpty { return { claim.answer(.success(jobs)) } }
                        // Before the commit, so that no change after this one is missed.
                        writer.claims.add(claim)
                        return { claim.putDown() }
                    },
                    refuse: { claim.answer(.failure($0)) },
                    attempted: "claim jobs"))
        }
        return try result.get()
    }

    /// Refuses everything from now on; what waits already is still done. False when it was closed before.
    func close() -> Bool {
        state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
    }

    /// Refuses the claims that wait: nothing will come for them any more.
    func refuseClaims() {
        for claim in writer.claims.removeAll() {
            claim.answer(.failure(StoreError(.closed, attempted: "claim jobs", cause: "the store was closed")))
        }
    }

    private func enqueue(_ operation: Operation, here: Bool = false) {
        let (refusal, startsDrain) = state.withLock { state -> (StoreError?, Bool) in
            if state.isClosed {
                return (StoreError(.closed, attempted: operation.attempted, cause: "the store was closed"), false)
            }
            if state.waiting.count >= Self.mostWaiting {
                return (
                    StoreError(
                        .overloaded, attempted: operation.attempted,
                        cause: "\(Self.mostWaiting) calls wait for the store already; try again later"), false
                )
            }
            state.waiting.append(operation)
            defer { state.isDraining = true }
            return (nil, !state.isDraining)
        }
        if let refusal { return operation.refuse(refusal) }
        guard startsDrain else { return }
        if here {
            // One group, in which the caller's own operation is; others are not its thread's to wait for.
            database.writeWithoutTransaction { _ in next().map(writer.commit) }
            if stopsDraining() { return }
        }
        database.asyncWriteWithoutTransaction { [self] _ in drain() }
    }

    /// True when nothing waits, and then nobody drains any more.
    private func stopsDraining() -> Bool {
        state.withLock { state in
            state.isDraining = !state.waiting.isEmpty
            return !state.isDraining
        }
    }

    private func drain() {
        while let group = next() { writer.commit(group) }
    }

    private func next() -> [Operation]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isDraining = false
                return nil
            }
            let group = Array(state.waiting.prefix(Self.mostTogether))
            state.waiting.removeFirst(group.count)
            return group
        }
    }
}
#endif
