import LovageCore
import LovageMemoryStore
import LovageStore
import LovageWorkflow

/// Watches a world's server: what it was asked, what it answered, and what its commits hold.
///
/// It keeps its own account of the jobs and never asks the store's indexes what they should have said. After every verb
/// it looks at the jobs that somebody was woken for; a full look, every 64th commit and at the end, finds whatever
/// changed without waking anybody.
struct Checker {
    let plan: Plan
    var keys: [String: KnownKey] = [:]
    var durableKeys: [String: KnownKey] = [:]
    var acknowledgedKeys: [String: JobID] = [:]
    var acknowledgedJobs: Set<JobID> = []
    /// Every job as of the last verb, committed or not.
    var current: [JobID: Job] = [:]
    /// Every job as of the last commit.
    var last: [JobID: Job] = [:]
    /// The jobs that are ready now, committed or not.
    var ready: Set<JobID> = []
    /// The jobs that run now, committed or not.
    var running: Set<JobID> = []
    /// The highest sequence number given so far.
    var highestSequence: Int64 = 0
    /// Unfinished jobs that hold a unique key, as of the last commit.
    var unique: [Job.EqualTo: Set<JobID>] = [:]
    /// The jobs of each run, as of the last commit.
    var members: [WorkflowID: Set<JobID>] = [:]
    /// Until when each worker's leases hold.
    var leases: [WorkerID: WorkerAccount] = [:]
    var durableLeases: [WorkerID: WorkerAccount] = [:]
    var commits = 0

    /// What the first submission under an idempotency key was, and the job that stands for it.
    struct KnownKey {
        let id: JobID
        let arguments: JSONText
        let queue: QueueName
        let submitted: StoreTime
    }

    /// What a worker has said of itself.
    struct WorkerAccount {
        var ends: StoreTime
        /// Until when what it holds is its own: a registration renews no job.
        var keeps: StoreTime
        var isRegistered = false
        /// True once its lease has ended: the store may have forgotten it.
        var hasLapsed = false
    }

    init(plan: Plan) { self.plan = plan }

    /// The runs that have jobs.
    var runs: [WorkflowID] { Set(current.values.compactMap { $0.membership?.workflow }).sorted() }

    /// Follows what a verb changed, and checks each change.
    mutating func noticed(_ wakes: [WakeTopic], in model: MemoryModel, at now: Moment) throws(Violation) {
        let topics = Set(wakes)
        let highest = highestSequence
        var given: Set<Int64> = []
        for case .job(let id) in wakes {
            guard let job = model.job(id) else { continue }
            let old = current[id]
            current[id] = job
            highestSequence = max(highestSequence, job.sequence)
            if job.state == .ready { ready.insert(id) } else { ready.remove(id) }
            if job.state.name == .running { running.insert(id) } else { running.remove(id) }
            let end = model.attempts(of: id).last?.end
            try checkPlace(old, job, end, above: highest, &given)
            try checkWakes(old, job, end, topics)
            try checkMove(old, job, at: now)
        }
    }
}
