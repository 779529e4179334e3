package import LovageCore
import Synchronization

// A claim that waits for work.
//
// A worker with a free slot has nothing to do but to ask again once a job has become ready, and then the job has waited
// for two commits and several hand-overs: its own, the wake-up, the claim's. A claim that waits in the store is carried
// out by the transaction that makes a job ready, so that submitting and claiming, or the end of one step and the claim
// of the next, share a commit.
//
// Whoever asked may withdraw at any time, also while the store is carrying the claim out. Then it gets what the commit
// gives it, never less than what is stored.

/// Calls off a claim that waits.
public final class ClaimTicket: Sendable {
    private let state = Mutex((isWithdrawn: false, claim: WaitingClaim?.none))

    /// Makes the ticket of one claim.
    public init() {}

    /// Lets the claim answer: nothing, unless it is being given jobs just now. A second call does nothing.
    public func withdraw() {
        let claim = state.withLock { state in
            state.isWithdrawn = true
            return state.claim
        }
        claim?.withdraw()
    }

    /// Says whose claim it is; one that was withdrawn before answers at once.
    func attach(_ claim: WaitingClaim) {
        let isWithdrawn = state.withLock { state in
            state.claim = claim
            return state.isWithdrawn
        }
        if isWithdrawn { claim.withdraw() }
    }
}

/// One claim that may wait: for stores, which take it up and put it down, and answer it once.
package final class WaitingClaim: Sendable {
    /// What is asked for.
    package let request: ClaimRequest

    private enum State {
        /// The store carries it out; what was withdrawn meanwhile is answered afterwards.
        case taken(isWithdrawn: Bool)
        case waiting
        case answered
    }

    private let state = Mutex(State.taken(isWithdrawn: false))
    private let continuation: CheckedContinuation<Result<[Job], StoreError>, Never>

    /// Makes a claim that the store is about to carry out for the first time.
    package init(
        _ request: ClaimRequest, _ ticket: ClaimTicket,
        _ continuation: CheckedContinuation<Result<[Job], StoreError>, Never>
    ) {
        self.request = request
        self.continuation = continuation
        ticket.attach(self)
    }

    /// The store takes it up; false when it was answered.
    package func take() -> Bool {
        state.withLock { state in
            switch state {
            case .waiting:
                state = .taken(isWithdrawn: false)
                return true
            case .taken: return true
            case .answered: return false
            }
        }
    }

    /// The store puts it down, because there was nothing for it; false when it was withdrawn, and is answered so.
    @discardableResult
    package func putDown() -> Bool {
        let isOver = state.withLock { state -> Bool in
            switch state {
            case .taken(false), .waiting:
                state = .waiting
                return false
            case .taken(true):
                state = .answered
                return true
            case .answered: return false
            }
        }
        if isOver { continuation.resume(returning: .success([])) }
        return !isOver
    }

    /// Answers, once the commit that holds the answer is done.
    package func answer(_ result: Result<[Job], StoreError>) {
        let isFirst = state.withLock { state -> Bool in
            if case .answered = state { return false }
            state = .answered
            return true
        }
        if isFirst { continuation.resume(returning: result) }
    }

    fileprivate func withdraw() {
        let isOver = state.withLock { state -> Bool in
            switch state {
            case .taken:
                state = .taken(isWithdrawn: true)
                return false
            case .waiting:
                state = .answered
                return true
            case .answered: return false
            }
        }
        if isOver { continuation.resume(returning: .success([])) }
    }
}

/// The claims that wait in a store, the one that came first before the others.
package final class ClaimQueue: Sendable {
    private let claims = Mutex<[WaitingClaim]>([])

    /// Makes a queue without claims.
    package init() {}

    /// Lets a claim wait, unless it does already.
    package func add(_ claim: WaitingClaim) {
        claims.withLock { claims in
            if !claims.contains(where: { $0 === claim }) { claims.append(claim) }
        }
    }

    /// Takes up all that are not answered, and forgets the others. What was taken up already stays so.
    package func takeUp() -> [WaitingClaim] {
        claims.withLock { claims in
            claims.removeAll { !$0.take() }
            return claims
        }
    }

    /// Forgets a claim that was carried out, so that nobody takes it up again before it is answered.
    package func remove(_ claim: WaitingClaim) { claims.withLock { $0.removeAll { $0 === claim } } }

    /// Puts down all that are taken up.
    package func putDown() { for claim in claims.withLock({ $0 }) { claim.putDown() } }

    /// True when nothing waits, or only what was answered.
    package var isEmpty: Bool { claims.withLock(\.isEmpty) }

    /// Takes all away, to be refused.
    package func removeAll() -> [WaitingClaim] {
        claims.withLock { claims in
            defer { claims = [] }
            return claims
        }
    }
}
