/// One claim of a job by one worker, with exactly one end once it is over.
public struct Attempt: Sendable, Hashable {
    /// Which claim of the job it was, counted from 1 over all generations and never reused.
    public let number: Int
    /// The generation it belongs to.
    public let generation: Int
    /// The number that every write of this attempt carries.
    public let fence: Int64
    /// Who ran it.
    public let worker: WorkerID
    /// When it was claimed: from when on its handler may run. For a claim ahead of the job's time, that time.
    public let claimed: StoreTime
    /// When its handler started; nil when that never became known.
    public var started: StoreTime?
    /// When it ended; nil while it runs.
    public var ended: StoreTime?
    /// How it ended; nil while it runs.
    public var end: AttemptEnd?

    /// Makes an attempt.
    public init(
        number: Int, generation: Int, fence: Int64, worker: WorkerID, claimed: StoreTime, started: StoreTime?,
        ended: StoreTime? = nil, end: AttemptEnd? = nil
    ) {
        self.number = number
        self.generation = generation
        self.fence = fence
        self.worker = worker
        self.claimed = claimed
        self.started = started
        self.ended = ended
        self.end = end
    }
}

/// The one reason an attempt ended for.
public enum AttemptEnd: Sendable, Hashable {
    /// The handler returned this result.
    case succeeded(JSONText?)
    /// The handler failed.
    case failed(Failure)
    /// The handler ran into its soft or hard limit, or the job's deadline.
    case timedOut(Failure)
    /// The handler found nothing to do.
    case skipped(String)
    /// The handler asked to be run again after this wait, at no cost.
    case snoozed(Duration)
    /// The worker gave the job back unharmed: it drains, another slot is free, or its machine let the attempt down.
    case handedBack
    /// The lease ended, or its owner did; `started` says whether the handler is known to have begun.
    case lost(started: Bool)
    /// The job was cancelled while it ran.
    case cancelled
    /// The job's deadline passed while it ran.
    case deadlinePassed

    /// The end without its data.
    public var name: Name {
        switch self {
        case .succeeded: .succeeded
        case .failed: .failed
        case .timedOut: .timedOut
        case .skipped: .skipped
        case .snoozed: .snoozed
        case .handedBack: .handedBack
        case .lost(let started): started ? .lost : .lostUnstarted
        case .cancelled: .cancelled
        case .deadlinePassed: .deadlinePassed
        }
    }

    /// The words an end is stored and counted by.
    public enum Name: String, Sendable, Hashable, CaseIterable {
        case succeeded, failed, timedOut, skipped, snoozed, handedBack, lost, lostUnstarted, cancelled, deadlinePassed
    }
}

/// What went wrong in one attempt: data, stored with it.
public struct Failure: Sendable, Hashable {
    /// A short name that retry rules match, such as an error type or `exit 7`.
    public var kind: String
    /// One sentence or more for people; stores keep the first 16 KiB.
    public var message: String
    /// False when the handler said "never again".
    public var isRetryable: Bool
    /// Longest message kept, in UTF-8 bytes.
    public static let longestMessage = 16 * 1024
    /// Longest kind kept, in UTF-8 bytes.
    public static let longestKind = 200

    /// Makes a failure; a longer kind or message is cut.
    public init(kind: String, message: String, isRetryable: Bool = true) {
        self.kind = kind.cut(to: Self.longestKind)
        self.message = message.cut(to: Self.longestMessage)
        self.isRetryable = isRetryable
    }
}

extension Failure {
    /// Kind and message for people, and the message alone where it says the kind itself: `exit 4` and `exit code 4: no file`.
    public var sentence: String {
        let said = [kind, kind.hasPrefix("exit ") ? "exit code " + kind.dropFirst(5) : kind]
        return said.contains { message.hasPrefix($0) } ? message : "\(kind): \(message)"
    }
}

extension String {
    /// As many whole characters from its beginning as fit into `limit` UTF-8 bytes.
    ///
    /// A character may be as long as somebody likes (one letter with a thousand accents); the first one is cut if need be.
    fileprivate func cut(to limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var length = 0
        let scalars = unicodeScalars.prefix {
            length += UTF8.width($0)
            return length <= limit
        }
        let cut = String(scalars)
        let isWhole = starts(with: cut)
        return isWhole || cut.count == 1 ? cut : String(cut.dropLast())
    }
}
