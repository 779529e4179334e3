import Glibc
import LovageWorker
import Synchronization

/// Lets few commands be started at a time, and only while there are descriptors enough for all of them.
///
/// swift-subprocess 1.0.2 ends the whole process when it runs out of descriptors half-way (`IODescriptor.deinit` in
/// `Configuration.swift`): so it must never be asked to start anything then.
final class SpawnGate: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>
    private let descriptors: Int

    /// Lets `places` be started at the same moment.
    init(places: Int) {
        state = Mutex(State(free: places))
        descriptors = places * DescriptorBudget.eachStart
    }

    /// Takes a place, when there is one; throws when something could not be started now.
    func enter() async throws(MachineTrouble) {
        await withCheckedContinuation { continuation in
            let mayEnter = state.withLock { state in
                guard state.free > 0 else {
                    // Bounded by the slots of the worker.
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if mayEnter { continuation.resume() }
        }
        if let shortage = shortage() {
            leave()
            throw shortage
        }
    }

    /// Gives the place to the next one.
    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.waiting.isEmpty {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }

    /// Whether something could not be started now, and why.
    func shortage() -> MachineTrouble? { OpenDescriptors.shortage(of: descriptors) }
}
