public import LovageCore
import Synchronization

/// What a worker, its handlers, and those who are asked how it is, know of the machine they share.
public final class WorkerCondition: Sendable {
    private struct Held {
        var machine = MachineCondition()
        var changed: (@Sendable (MachineCondition.Action) -> Void)?
    }

    private let held = Mutex(Held())
    private let now: @Sendable () -> StoreTime
    private let look: @Sendable () async -> MachineTrouble?

    /// A condition without trouble. `now` is the store's clock; `probe` looks whether what an attempt needs is there, and
    /// by default finds nothing wrong.
    public init(
        now: @escaping @Sendable () -> StoreTime, probe: @escaping @Sendable () async -> MachineTrouble? = { nil }
    ) {
        self.now = now
        look = probe
    }

    /// The trouble that keeps the worker from claiming, and since when; nil when there is none.
    public var trouble: MachineCondition.Spell? {
        guard case .resting(let spell) = held.withLock({ $0.machine.state }) else { return nil }
        return spell
    }

    /// An attempt could not be started, or its output not be kept, for no fault of the job.
    public func letDown(by trouble: MachineTrouble) { handle(.letDown(trouble, at: now())) }

    /// An attempt has started.
    public func started() { handle(.started) }

    var allowance: MachineCondition.Allowance { held.withLock { $0.machine.allowance } }

    /// True while nothing may be started.
    var isResting: Bool { trouble != nil }

    /// Looks again, after a rest.
    func probe() async { handle(.probed(await look())) }

    func claimed() { handle(.claimed) }

    func released() { handle(.released) }

    /// Has somebody told of what is to be done; nil: nobody.
    func tell(_ changed: (@Sendable (MachineCondition.Action) -> Void)?) { held.withLock { $0.changed = changed } }

    private func handle(_ event: MachineCondition.Event) {
        let (action, changed) = held.withLock { ($0.machine.handle(event), $0.changed) }
        if action != .none { changed?(action) }
    }
}
