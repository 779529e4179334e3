public import LovageCore

/// Decides when a worker may claim while its machine lets attempts down.
///
/// Pure: the worker tells it what happened and does what it answers. A job that was handed back is ready again at once, so
/// that a worker which went on claiming would do nothing else. So it rests, longer each time, until a probe finds nothing
/// wrong any more, and then tries one job: only when that has started does it claim as before.
public struct MachineCondition: Sendable, Hashable {
    /// Where it stands.
    public enum State: Sendable, Hashable {
        /// Everything may be claimed. Can transition to: resting.
        case well
        /// Nothing is claimed until the wait is over and the probe finds nothing. Can transition to: trying.
        case resting(Spell)
        /// One job is claimed at a time; `isOut` while one is held that has not started. Can transition to: well, resting.
        case trying(Spell, isOut: Bool)
    }

    /// A time of trouble.
    public struct Spell: Sendable, Hashable {
        /// What was met last.
        public let trouble: MachineTrouble
        /// When it began.
        public let since: StoreTime
        /// How often something was tried in vain.
        public let failures: Int

        func again(_ trouble: MachineTrouble) -> Spell {
            Spell(trouble: trouble, since: since, failures: failures + 1)
        }
    }

    /// What happened.
    public enum Event: Sendable, Hashable {
        /// An attempt could not be started, or its output not be kept.
        case letDown(MachineTrouble, at: StoreTime)
        /// The wait is over and the probe found this.
        case probed(MachineTrouble?)
        /// A claim brought something.
        case claimed
        /// An attempt has started.
        case started
        /// A held job was reported and left.
        case released
    }

    /// What to do.
    public enum Action: Sendable, Hashable {
        /// Nothing.
        case none
        /// Hand back what waits, claim nothing, and probe after this time.
        case rest(Duration)
        /// Claim one job.
        case tryOne
        /// Claim as before.
        case goOn
    }

    /// How much may be claimed.
    public enum Allowance: Sendable, Hashable {
        case all, one, none
    }

    /// Where it stands.
    public private(set) var state = State.well

    /// A machine without trouble.
    public init() {}

    /// How much may be claimed now.
    public var allowance: Allowance {
        switch state {
        case .well: .all
        case .trying(_, isOut: false): .one
        case .trying(_, isOut: true), .resting: .none
        }
    }

    /// Decides what follows from `event`.
    public mutating func handle(_ event: Event) -> Action {
        switch (state, event) {
        case (.well, .letDown(let trouble, let now)):
            return rest(Spell(trouble: trouble, since: now, failures: 1))
        case (.trying(let spell, _), .letDown(let trouble, _)): return rest(spell.again(trouble))
        case (.resting(let spell), .probed(let trouble?)): return rest(spell.again(trouble))
        case (.resting(let spell), .probed(nil)):
            state = .trying(spell, isOut: false)
            return .tryOne
        case (.trying(let spell, _), .claimed):
            state = .trying(spell, isOut: true)
            return .none
        case (.trying, .started):
            state = .well
            return .goOn
        case (.trying(let spell, isOut: true), .released):
            // It was cancelled, or could not run for reasons of its own: that says nothing of the machine.
            state = .trying(spell, isOut: false)
            return .tryOne
        // What began before the trouble, and others that met it at the same moment, change nothing.
        case (.resting, .letDown), (.resting, .claimed), (.resting, .started), (.resting, .released): return .none
        case (.trying(_, isOut: false), .released), (.trying, .probed): return .none
        case (.well, .probed), (.well, .claimed), (.well, .started), (.well, .released): return .none
        }
    }

    private mutating func rest(_ spell: Spell) -> Action {
        state = .resting(spell)
        return .rest(Self.wait(afterFailures: spell.failures))
    }

    /// 250 ms, doubled up to 4 s: a probe costs a few calls of the system, and people who freed something look at once.
    private static func wait(afterFailures failures: Int) -> Duration {
        .milliseconds(250 << min(max(0, failures - 1), 4))
    }
}
