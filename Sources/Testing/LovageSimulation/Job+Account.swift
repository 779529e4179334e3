import LovageCore

// What the checkers judge jobs by. Written down here a second time: what is checked must not be asked.

extension Job {
    /// What makes it the same job as another one: in these worlds all of its arguments.
    struct EqualTo: Hashable {
        let kind: Kind
        let arguments: JSONText
    }

    /// What other jobs must not be equal in while it `standsAlone`; nil unless it is unique.
    var equality: EqualTo? { options.unique == nil ? nil : EqualTo(kind: kind, arguments: arguments) }

    /// True while no other may stand beside it: from when it knows its arguments until it is over, unless it is merged.
    var standsAlone: Bool {
        options.unique != nil && outcome == nil && state != .suspended(.needs) && state != .suspended(.merged)
    }

    /// True when it is not over and does not run.
    var isInLine: Bool { state.name != .running && state.name != .finished }

    /// Who runs it.
    var holder: WorkerID? {
        if case .running(let lease) = state { lease.worker } else { nil }
    }

    /// True when it is claimed before another one of its queue.
    func isBefore(_ other: Job) -> Bool {
        (-Int(options.priority), sequence) < (-Int(other.options.priority), other.sequence)
    }

    /// True when its lease, its deadline or its start window is over.
    func isLate(at now: StoreTime) -> Bool {
        guard outcome == nil else { return false }
        if case .running(let lease) = state, lease.expires <= now { return true }
        guard generation == 1 else { return false }
        if let deadline = options.deadline, submitted.store + deadline <= now { return true }
        guard started == nil, isInLine, let window = options.startWithin else { return false }
        return submitted.store + window <= now
    }
}

extension AttemptEnd {
    /// True when it was not the handler, or its worker, that said so.
    var isFromOutside: Bool {
        switch self {
        case .lost, .cancelled, .deadlinePassed: true
        case .succeeded, .failed, .timedOut, .skipped, .snoozed, .handedBack: false
        }
    }

    /// True when the job stands again where it stood.
    var keepsPlace: Bool { name == .handedBack || name == .lost || name == .lostUnstarted }
}

extension Outcome {
    /// True for an end that no attempt reported and no budget brought about.
    var isFromOutside: Bool {
        switch self {
        case .cancelled, .expired, .failed(.deadline): true
        case .succeeded, .failed, .skipped: false
        }
    }

    /// True for a step that comes back with what it needs, and cannot be asked for by itself.
    var isUnreachable: Bool {
        if case .cancelled(.unreachable) = self { true } else { false }
    }
}

extension Suspension {
    /// True when only a clock moves it on.
    var isTimed: Bool {
        switch self {
        case .until, .at, .retry: true
        case .needs, .signal, .merged: false
        }
    }

    /// True when its time has not come.
    func isTooEarly(at now: Moment) -> Bool {
        switch self {
        case .until(let due), .retry(let due): now.store < due
        case .at(let due): now.wall < due
        case .needs, .signal, .merged: false
        }
    }
}
