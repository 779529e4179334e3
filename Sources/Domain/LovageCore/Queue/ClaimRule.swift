/// Decides whether a job may be claimed now, and says why not.
///
/// Stores express the same rule as a query; contract and differential tests hold the two equal. In report mode it is
/// `lovage explain`: the verdict is "may run" exactly when a claim by a worker with a free slot would take the job. A worker
/// that finds nothing may take a job a moment ahead of its time and hold it until then (`beginning`); until it does, such a
/// job waits.
public struct ClaimRule: Sendable {
    /// What one worker offers.
    public struct Offer: Sendable, Hashable {
        /// The kinds it has handlers for.
        public let kinds: Set<Kind>
        /// The queues it takes from, in the order it prefers.
        public let queues: [QueueName]
        /// Makes an offer.
        public init(kinds: Set<Kind>, queues: [QueueName]) {
            self.kinds = kinds
            self.queues = queues
        }
    }

    /// What the rule says of one job.
    public enum Verdict: Sendable, Hashable {
        /// A claim would take it.
        case mayRun
        /// It waits, for every one of these reasons.
        case waits([WaitReason])
    }

    /// One reason why a job is not running.
    public enum WaitReason: Sendable, Hashable {
        /// It is suspended.
        case suspended(Suspension)
        /// It is blocked.
        case blocked(Blockage)
        /// An attempt runs already.
        case running(WorkerID)
        /// It is over.
        case finished(Outcome)
        /// Its queue is paused.
        case queuePaused(QueueName)
        /// Its start window is over; the next sweep ends it.
        case startWindowPassed
        /// Its deadline is over; the next sweep ends it.
        case deadlinePassed
        /// No live worker has a handler for it.
        case noWorkerForKind(Kind)
        /// No live worker that has a handler for it takes from its queue.
        case noWorkerForQueue(QueueName)
    }

    /// The verdict for `job` in a queue with these settings, given what the live workers offer.
    ///
    /// Complexity: O(number of offers).
    public static func verdict(
        on job: Job, settings: QueueSettings, offers: some Sequence<Offer>, at now: Moment
    ) -> Verdict {
        var reasons: [WaitReason] = []
        switch job.state {
        case .finished(let outcome): return .waits([.finished(outcome)])
        case .running(let lease): return .waits([.running(lease.worker)])
        case .suspended(let suspension): reasons.append(.suspended(suspension))
        case .blocked(let blockage): reasons.append(.blocked(blockage))
        case .ready: break
        }
        if settings.isPaused { reasons.append(.queuePaused(job.queue)) }
        if let startBy = job.startBy, startBy <= now.store { reasons.append(.startWindowPassed) }
        if let deadline = job.deadline, deadline <= now.store { reasons.append(.deadlinePassed) }
        let able = offers.filter { $0.kinds.contains(job.kind) }
        if able.isEmpty {
            reasons.append(.noWorkerForKind(job.kind))
        } else if !able.contains(where: { $0.queues.contains(job.queue) }) {
            reasons.append(.noWorkerForQueue(job.queue))
        }
        return reasons.isEmpty ? .mayRun : .waits(reasons)
    }

    /// How long before its time a worker that has nothing else to do takes a job, unless it is told otherwise: longer than
    /// a commit takes on a disk that is busy, so that none lies between a job's time and its start.
    public static let usualAhead = Duration.milliseconds(5)

    /// How many of the jobs that are due next, by each clock, a claim looks at that is made ahead.
    public static let mostLookedAtAhead = 64

    /// When `job`, which waits for its time, may begin if this offer claims it now; nil when a claim at most `ahead` of its
    /// time may not have it.
    public static func beginning(
        of job: Job, within ahead: Duration, settings: QueueSettings, offer: Offer, at now: Moment
    ) -> StoreTime? {
        guard let due = job.due(by: now), due <= now.store + ahead else { return nil }
        var ready = job
        ready.state = .ready
        return verdict(on: ready, settings: settings, offers: [offer], at: now.moving(to: due)) == .mayRun ? due : nil
    }

    /// True when `left` is claimed before `right` in the same queue: higher priority, then earlier sequence number.
    public static func goesFirst(_ left: Job, _ right: Job) -> Bool {
        if left.options.priority != right.options.priority { return left.options.priority > right.options.priority }
        return left.sequence < right.sequence
    }
}
