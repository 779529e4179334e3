/// Decides when a supervisor asks the command's processes to end and when it kills them. Pure: moments are
/// milliseconds on the supervisor's monotonic clock, and the loop around it does what the actions say.
///
///     running ──soft limit──► asked ──hard limit──► killing ──tree is empty──► finished
///        └──hard limit, request, parent gone, main process ended──► ending ──grace──► killing
///
/// At its soft limit a command is asked, at its hard limit it is made to end: whoever was asked before has had its time
/// by then. Only with nothing said before does the grace begin at the hard limit.
struct SupervisionPlan: Equatable {
    enum Phase: Equatable {
        /// The command runs.
        case running
        /// It got TERM at its soft limit and may go on until its hard limit, for ever if it has none.
        case asked
        /// The tree got TERM for good; KILL follows at `killAt`.
        case ending(killAt: Int64)
        /// Everything found is killed, again at `again`, until nothing is left.
        case killing(again: Int64, pause: Int64)
        /// Nothing is left.
        case finished
    }

    enum Event: Equatable {
        case mainExited, treeEmpty, requested, parentGone, clock
    }

    enum Action: Equatable {
        case terminateTree, killTree
    }

    /// What a command's leftovers get between TERM and KILL: the command itself has ended, nobody waits for them.
    static let leftoverGrace: Int64 = 1000
    /// The same when the worker is gone: everything must be over 5 s after its death.
    static let orphanGrace: Int64 = 2000
    private static let firstPause: Int64 = 10
    private static let longestPause: Int64 = 500

    let softLimit: Int64?
    let hardLimit: Int64?
    let grace: Int64
    private(set) var phase: Phase = .running
    private(set) var cause: CommandEnd.Cause = .itself

    /// Limits are moments, `grace` is a length.
    init(softLimit: Int64?, hardLimit: Int64?, grace: Int64) {
        self.softLimit = softLimit
        self.hardLimit = hardLimit
        self.grace = grace
    }

    /// When `clock` is next worth sending; nil: nothing is due.
    var nextMoment: Int64? {
        switch phase {
        case .running: [softLimit, hardLimit].compactMap(\.self).min()
        case .asked: hardLimit
        case .ending(let killAt): killAt
        case .killing(let again, _): again
        case .finished: nil
        }
    }

    mutating func handle(_ event: Event, at now: Int64) -> Action? {
        switch (phase, event) {
        case (.finished, _): return nil
        case (_, .treeEmpty):
            phase = .finished
            return nil
        case (.running, .mainExited): return end(after: Self.leftoverGrace, because: .itself, at: now)
        case (.running, .requested): return end(after: grace, because: .requested, at: now)
        case (.running, .parentGone): return end(after: min(grace, Self.orphanGrace), because: .parentGone, at: now)
        case (.running, .clock): return reachedLimit(at: now)

        case (.asked, .mainExited): return endAsked(after: Self.leftoverGrace, because: .softLimit, at: now)
        case (.asked, .requested): return endAsked(after: grace, because: .requested, at: now)
        case (.asked, .parentGone): return endAsked(after: min(grace, Self.orphanGrace), because: .parentGone, at: now)
        case (.asked, .clock):
            guard let hardLimit, hardLimit <= now else { return nil }
            cause = .hardLimit
            return kill(pause: Self.firstPause, at: now)

        case (.ending(let killAt), .parentGone):
            phase = .ending(killAt: min(killAt, now + Self.orphanGrace))
            return nil
        case (.ending(let killAt), .mainExited):
            phase = .ending(killAt: min(killAt, now + Self.leftoverGrace))
            return nil
        case (.ending, .requested): return nil
        case (.ending(let killAt), .clock):
            return killAt <= now ? kill(pause: Self.firstPause, at: now) : nil

        case (.killing(let again, let pause), .clock):
            return again <= now ? kill(pause: min(pause * 2, Self.longestPause), at: now) : nil
        case (.killing, .mainExited), (.killing, .requested), (.killing, .parentGone): return nil
        }
    }

    private mutating func reachedLimit(at now: Int64) -> Action? {
        if let hardLimit, hardLimit <= now { return end(after: grace, because: .hardLimit, at: now) }
        guard let softLimit, softLimit <= now else { return nil }
        cause = .softLimit
        phase = .asked
        return .terminateTree
    }

    private mutating func end(after grace: Int64, because cause: CommandEnd.Cause, at now: Int64) -> Action {
        self.cause = cause
        phase = .ending(killAt: now + grace)
        return .terminateTree
    }

    /// Its hard limit stays what it was, whatever else it is told.
    private mutating func endAsked(after grace: Int64, because cause: CommandEnd.Cause, at now: Int64) -> Action {
        self.cause = cause
        phase = .ending(killAt: min(hardLimit ?? .max, now + grace))
        return .terminateTree
    }

    private mutating func kill(pause: Int64, at now: Int64) -> Action {
        phase = .killing(again: now + pause, pause: pause)
        return .killTree
    }
}
