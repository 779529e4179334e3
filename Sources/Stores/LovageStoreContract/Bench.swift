import LovageCore
import LovageStore

/// What a case works with: an empty store, its clock, and the calls that most cases make.
final class Bench {
    let store: any Store
    let clock: VirtualClock
    private var made: UInt64 = 0

    init(store: any Store, clock: VirtualClock) {
        self.store = store
        self.clock = clock
    }

    /// How long the leases of a case hold unless it says otherwise.
    static let lease = Duration.seconds(30)

    var now: Moment { clock.now }

    /// An identifier later than every one before it.
    func uuid() -> UUIDv7 {
        made += 1
        let milliseconds = UInt64(max(0, clock.now.wall.microseconds) / 1000)
        return UUIDv7(high: milliseconds << 16 | 0x7000, low: 0x8000_0000_0000_0000 | made)
    }

    func submission(
        _ kind: Kind = "work", _ arguments: String = "{}", _ options: JobOptions = JobOptions()
    ) throws -> Submission {
        Submission(id: JobID(uuid()), kind: kind, arguments: try JSONText(validating: arguments), options: options)
    }

    /// Submits one job; answers what became of it.
    func submitting(
        _ kind: Kind = "work", _ arguments: String = "{}", _ options: JobOptions = JobOptions()
    ) async throws -> SubmitAnswer {
        try await only(store.submit([submission(kind, arguments, options)]))
    }

    /// Submits one job that must be created.
    func submit(
        _ kind: Kind = "work", _ arguments: String = "{}", _ options: JobOptions = JobOptions(),
        file: String = #fileID, line: UInt = #line
    ) async throws -> JobID {
        let answer = try await submitting(kind, arguments, options)
        guard case .created(let id) = answer else {
            throw ContractViolation(sentence: "the job is created, saw \(answer)", file: file, line: line)
        }
        return id
    }

    /// A registered worker.
    func worker(
        _ name: String = "host:1", kinds: Set<Kind> = ["work"], queues: [QueueName] = ["default"],
        lease: Duration = Bench.lease
    ) async throws -> WorkerID {
        let id = WorkerID(uuid())
        try await store.register(
            WorkerRecord(
                id: id, name: name, offer: ClaimRule.Offer(kinds: kinds, queues: queues), slots: 4, isLocal: false),
            lease: lease)
        return id
    }

    /// Claims for a worker; all claimed jobs start at once unless `starting` says otherwise.
    func claim(
        _ worker: WorkerID, upTo limit: Int = 100, starting: Int? = nil, kinds: Set<Kind> = ["work"],
        queues: [QueueName] = ["default"], lease: Duration = Bench.lease
    ) async throws -> [Job] {
        try await store.claim(
            ClaimRequest(
                worker: worker, offer: ClaimRule.Offer(kinds: kinds, queues: queues), limit: limit,
                starting: starting ?? limit, lease: lease))
    }

    /// Claims one job, which must be there.
    func claimOne(
        _ worker: WorkerID, starting: Int = 1, kinds: Set<Kind> = ["work"], queues: [QueueName] = ["default"],
        file: String = #fileID, line: UInt = #line
    ) async throws -> Job {
        let jobs = try await claim(worker, upTo: 1, starting: starting, kinds: kinds, queues: queues)
        return try require(jobs.first, "a job can be claimed", file: file, line: line)
    }

    /// Submits a job and claims it.
    func running(_ worker: WorkerID, _ options: JobOptions = JobOptions(), starting: Int = 1) async throws -> Job {
        let id = try await submit("work", "{}", options)
        let job = try await claimOne(worker, starting: starting)
        try expect(job.id, is: id, "the only job is claimed")
        return job
    }

    /// Ends the attempt that `job` was claimed with.
    @discardableResult
    func report(_ job: Job, _ report: AttemptReport, entropy: UInt64 = 0) async throws -> ChangeAnswer {
        try await apply(job.id, .reported(fence: job.fence, report, entropy: entropy))
    }

    /// Ends it and answers the job, which must have changed.
    @discardableResult
    func reported(_ job: Job, _ report: AttemptReport, file: String = #fileID, line: UInt = #line) async throws -> Job {
        try changed(await self.report(job, report), file: file, line: line)
    }

    @discardableResult
    func apply(_ id: JobID, _ event: JobEvent) async throws -> ChangeAnswer {
        try await only(store.apply([JobChange(id, event)]))
    }

    /// Cancels a job and answers it, which must have changed.
    @discardableResult
    func cancel(_ id: JobID, file: String = #fileID, line: UInt = #line) async throws -> Job {
        try changed(await apply(id, .cancelled(.requested("no longer wanted"))), file: file, line: line)
    }

    /// The job behind an answer, which must say that it changed.
    func changed(_ answer: ChangeAnswer, file: String = #fileID, line: UInt = #line) throws -> Job {
        guard case .changed(let job) = answer else {
            throw ContractViolation(sentence: "the job changes, saw \(answer)", file: file, line: line)
        }
        return job
    }

    /// A job that must be stored.
    func job(_ id: JobID, file: String = #fileID, line: UInt = #line) async throws -> Job {
        try require(try await store.job(id), "the job is stored", file: file, line: line)
    }

    /// All jobs a filter finds, page by page.
    func all(_ filter: JobFilter = JobFilter(), page limit: Int = 1_000) async throws -> [Job] {
        var found: [Job] = []
        var request: PageRequest? = PageRequest(limit: limit)
        while let present = request {
            let page = try await store.jobs(filter, page: present)
            found += page.items
            request = page.next.map { PageRequest(limit: limit, after: $0) }
        }
        return found
    }

    private func only<Answer>(_ answers: [Answer], file: String = #fileID, line: UInt = #line) throws -> Answer {
        try expect(answers.count, is: 1, "one question has one answer", file: file, line: line)
        return answers[0]
    }
}

extension Failure {
    /// What a handler of a case fails with.
    static let sample = Failure(kind: "exit 7", message: "no route to host")
}
