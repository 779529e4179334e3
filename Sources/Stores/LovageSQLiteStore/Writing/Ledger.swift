#if SQLite
import LovageCore
import LovageStore

/// What the one writer knows by heart: it never has to count rows, nor read settings, on the path of a job.
///
/// A value, so that a failing operation puts back what it found. Written to the file once a commit, not once a job.
struct Ledger {
    /// The sequence number given out last.
    var sequence: Int64 = 0
    /// Every queue that has settings or ever had a job.
    private(set) var queues: [QueueName: Queue] = [:]
    /// Queues whose row differs from the file's.
    private(set) var changed: Set<QueueName> = []
    /// Whom to wake once the changes are stored; each topic once.
    private(set) var wakes: [WakeTopic] = []
    private var waking: Set<WakeTopic> = []
    /// What claims that wait are given once the changes are stored.
    private(set) var given: [GivenJobs] = []

    struct Queue {
        var settings = QueueSettings()
        /// False while nobody has set anything.
        var isSet = false
        var counts = Counts()
    }

    /// How many jobs of each state a queue has.
    struct Counts {
        var suspended = 0
        var ready = 0
        var blocked = 0
        var running = 0
        var finished = 0

        var waiting: Int { suspended + ready + blocked }

        subscript(state: JobState.Name) -> Int {
            get {
                switch state {
                case .suspended: suspended
                case .ready: ready
                case .blocked: blocked
                case .running: running
                case .finished: finished
                }
            }
            set {
                switch state {
                case .suspended: suspended = newValue
                case .ready: ready = newValue
                case .blocked: blocked = newValue
                case .running: running = newValue
                case .finished: finished = newValue
                }
            }
        }
    }

    /// Notes a queue as the file has it.
    mutating func load(_ name: QueueName, _ queue: Queue) { queues[name] = queue }

    subscript(name: QueueName) -> Queue { queues[name] ?? Queue() }

    mutating func nextSequence() -> Int64 {
        sequence += 1
        return sequence
    }

    mutating func count(_ state: JobState.Name, in name: QueueName, by step: Int) {
        queues[name, default: Queue()].counts[state] += step
        changed.insert(name)
    }

    mutating func set(_ settings: QueueSettings, for name: QueueName) {
        queues[name, default: Queue()].settings = settings
        queues[name, default: Queue()].isSet = true
        changed.insert(name)
    }

    mutating func wake(_ topic: WakeTopic) {
        if waking.insert(topic).inserted { wakes.append(topic) }
    }

    /// True when those who listen to `topic` will be woken by the commit.
    func hasWoken(_ topic: WakeTopic) -> Bool { waking.contains(topic) }

    /// True when some queue has jobs that are ready.
    var hasReady: Bool { queues.values.contains { $0.counts.ready > 0 } }

    /// Wakes nobody who listens to `topic`, after all.
    mutating func letSleep(_ topic: WakeTopic) {
        if waking.remove(topic) != nil { wakes.removeAll { $0 == topic } }
    }

    /// Gives jobs to a claim that waits.
    mutating func give(_ jobs: [Job], to claim: WaitingClaim) { given.append(GivenJobs(jobs: jobs, claim: claim)) }

    /// The file holds everything now; answers whom to wake, and with what.
    mutating func takeStored() -> Stored {
        defer {
            changed = []
            wakes = []
            waking = []
            given = []
        }
        return Stored(wakes: wakes, given: given)
    }

    /// What follows from a commit.
    struct Stored {
        let wakes: [WakeTopic]
        let given: [GivenJobs]
    }
}

/// Jobs that a transaction claimed for a claim that waited.
struct GivenJobs {
    let jobs: [Job]
    let claim: WaitingClaim
}
#endif
