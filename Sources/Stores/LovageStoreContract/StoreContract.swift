// What every store must do, as sentences that can be checked.
//
// A store's tests run all of them; there is no other definition of a correct store:
//
//     @Test(arguments: StoreContract.all)
//     func `the store honours`(_ contract: StoreContract) async throws {
//         try await contract.check { clock in MemoryStore(clock: clock.read) }
//     }
//
// A case uses nothing but the seam and the core, moves time by hand, and never waits for time to pass.

public import LovageStore

/// One thing every store must do.
public struct StoreContract: Sendable, CustomStringConvertible {
    /// What must hold, as a sentence.
    public let name: String
    private let body: @Sendable (Bench) async throws -> Void

    /// Makes an empty store whose clock is the one given.
    public typealias Factory = (VirtualClock) async throws -> any Store

    init(_ name: String, _ body: @escaping @Sendable (Bench) async throws -> Void) {
        self.name = name
        self.body = body
    }

    /// The sentence.
    public var description: String { name }

    /// Checks the case on a fresh store; throws `ContractViolation`, or what the store threw.
    public func check(_ makeStore: Factory) async throws {
        let clock = VirtualClock()
        try await body(Bench(store: try await makeStore(clock), clock: clock))
    }

    /// Every case there is.
    public static let all: [StoreContract] = [
        submitting, keys, uniqueness, bounds, claiming, claimOrder, reporting, budgets, timers, endings, leases,
        reportingAndClaiming, waitingClaims, claimsAhead, workers, cancelling, retrying, attempts, listings, queues,
        retention,
        wakeUps,
        definitions,
        workflows,
        workflowChanges, mergedMembers, tokens,
    ].flatMap { $0 }
}
