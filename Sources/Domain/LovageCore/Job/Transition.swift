/// What an event does to a job.
public enum Decision: Sendable, Hashable {
    /// Write this.
    case change(Transition)
    /// Nothing to do: it is so already, or not yet time.
    case unchanged
    /// The event comes from an attempt that no longer holds the job: an answer, not an error.
    case stale
}

/// One change of one job, to be written only if its guard still holds.
public struct Transition: Sendable, Hashable {
    /// What must still be stored for the change to be written.
    public let expected: Guard
    /// The job after the change.
    public let job: Job
    /// What the change does to the attempt, if anything.
    public let attempt: AttemptChange?
    /// True when the store has to give `job` the next sequence number of the store as it writes it.
    public let takesSequence: Bool

    /// The compare of the compare-and-set (rule R1: every write names state and fence).
    public struct Guard: Sendable, Hashable {
        /// Which job.
        public let id: JobID
        /// The state it was in.
        public let state: JobState.Name
        /// The fence it had.
        public let fence: Int64
    }

    /// What a change does to the attempt that holds, or held, the job.
    public enum AttemptChange: Sendable, Hashable {
        /// It begins.
        case opened(Attempt)
        /// Its handler is known to have begun.
        case started(StoreTime)
        /// It is over: number `number` ended with `end`. Its handler had begun at `started`, if it is known to have begun.
        case closed(number: Int, started: StoreTime?, end: AttemptEnd)
    }
}

/// An event that cannot happen to a job in this state unless we have a bug.
public struct IllegalTransition: Error, Sendable, Hashable, CustomStringConvertible {
    /// The state the job was in.
    public let state: JobState
    /// What was said to have happened.
    public let event: JobEvent
    /// One sentence with both.
    public var description: String { "a job that is \(state) cannot take the event \(event)" }
}
