public import LovageCore
public import LovageStore
import Synchronization

/// A store that lives and dies with its process: the reference model, and what users' tests run on.
///
/// Everything is decided by `MemoryModel`; here are the lock, the clock and the wake-ups. The clock is read under the
/// lock, so that the store's time runs forward in the order of the calls.
public final class MemoryStore: Sendable {
    /// Where those who wait for a change are woken.
    public let wakeUps = WakeUpHub()
    private let clock: @Sendable () -> Moment
    private let stored: Mutex<MemoryModel>
    /// Claims that wait for work.
    let claims = ClaimQueue()
    let staleWrites = StaleWrites()

    /// Makes a store that reads its time from `clock`, beginning with `model`.
    public init(_ model: MemoryModel = MemoryModel(), clock: @escaping @Sendable () -> Moment) {
        self.clock = clock
        stored = Mutex(model)
    }

    /// Makes an empty store on the machine's clocks; throws when the wall clock stands before 1970.
    public convenience init() throws(StoreError) {
        let clock = try SystemClock()
        self.init(clock: { clock.now() })
    }

    /// The store's clock and the wall clock, read now.
    public func now() -> Moment { clock() }

    /// Nobody else has it, and every call is done at once.
    public var keepsLeasesInSilence: Bool { true }

    /// Everything that is stored, as a value of its own.
    public var model: MemoryModel { stored.withLock { $0 } }

    /// Runs one verb, then the claims that wait if it made jobs ready, or if time has passed (`looksAhead`); wakes and
    /// answers after the lock is released.
    func change<Answer: Sendable>(
        looksAhead: Bool = false,
        _ verb: (inout MemoryModel, Moment) throws(StoreError) -> MemoryModel.Effect<Answer>
    ) throws(StoreError) -> Answer {
        let (effect, served, isWorkLeft) = try stored.withLock { model throws(StoreError) in
            let effect = try verb(&model, clock())
            let served = looksAhead || effect.wakes.contains(.work) ? serveClaims(&model) : []
            return (effect, served, served.isEmpty || model.hasReady)
        }
        wakeUps.wake(isWorkLeft ? effect.wakes : effect.wakes.filter { $0 != .work })
        for (claim, result) in served {
            switch result {
            case .success(let claimed):
                wakeUps.wake(claimed.wakes)
                claim.answer(.success(claimed.answer))
            case .failure(let error): claim.answer(.failure(error))
            }
        }
        return effect.answer
    }

    private typealias Served = (WaitingClaim, Result<MemoryModel.Effect<[Job]>, StoreError>)

    private func serveClaims(_ model: inout MemoryModel) -> [Served] {
        var served: [Served] = []
        for claim in claims.takeUp() {
            let claimed = Result { () throws(StoreError) in try model.claim(claim.request, at: clock()) }
            if case .success(let effect) = claimed, effect.answer.isEmpty {
                claim.putDown()
            } else {
                // Answered once the lock is released: the next change must not give it jobs a second time until then.
                claims.remove(claim)
                served.append((claim, claimed))
            }
        }
        return served
    }

    /// Answers a question.
    func read<Answer: Sendable>(_ query: (borrowing MemoryModel, Moment) -> Answer) -> Answer {
        stored.withLock { query($0, clock()) }
    }
}
