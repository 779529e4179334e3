public import LovageCore
public import LovageStore
public import LovageWorkflow
import Synchronization

/// Submits jobs to a store and asks what became of them. Every submission returns after the commit that holds it.
public struct Client: Sendable {
    /// The store it speaks to.
    public let store: any Store
    private let makeUUID: @Sendable (WallTime) -> UUIDv7

    /// Makes a client; `makeUUID` names new jobs, by default from the system's randomness.
    public init(_ store: any Store, makeUUID: @escaping @Sendable (WallTime) -> UUIDv7 = Client.randomUUID) {
        self.store = store
        self.makeUUID = makeUUID
    }

    /// A UUIDv7 from the system's randomness.
    public static let randomUUID: @Sendable (WallTime) -> UUIDv7 = { wall in
        randomness.withLock { UUIDv7(at: wall, using: &$0) }
    }
    private static let randomness = Mutex(BufferedRandomness())

    /// A new name for a job or a run.
    package func makeID<ID: Identifier>(_ type: ID.Type) -> ID { ID(makeUUID(store.now().wall)) }

    /// Submits one job; waits for room when its queue is full and `whenFull` says so.
    ///
    /// Throws `SubmitError` when it was refused.
    @discardableResult
    public func submit<Work: TypedJob>(
        _ work: Work, options: JobOptions? = nil, whenFull: WhenFull = .refuse
    ) async throws -> Handle<Work.Output> {
        Handle(id: try await submit([submission(of: work, options: options)], whenFull: whenFull)[0], client: self)
    }

    /// Submits many jobs of one kind in one commit; throws at the first that was refused, the others stand. The arguments of
    /// several hundred are encoded on all processors.
    @discardableResult
    public func submit<Work: TypedJob>(
        many works: [Work], options: JobOptions? = nil, whenFull: WhenFull = .refuse
    ) async throws -> [Handle<Work.Output>] {
        let (wall, options) = (store.now().wall, options ?? Work.options)
        let submissions = try await Coding.encode(all: works).map { arguments in
            Submission(id: JobID(makeUUID(wall)), kind: Work.kind, arguments: arguments, options: options)
        }
        return try await submit(submissions, whenFull: whenFull).map { Handle(id: $0, client: self) }
    }

    /// Submits a job and waits for its result.
    public func call<Work: TypedJob>(_ work: Work, options: JobOptions? = nil) async throws -> Work.Output {
        try await submit(work, options: options).result()
    }

    /// Submits prepared jobs; answers the id that stands for each.
    public func submit(_ submissions: [Submission], whenFull: WhenFull = .refuse) async throws -> [JobID] {
        var ids = [JobID?](repeating: nil, count: submissions.count)
        var open = Array(submissions.indices)
        while !open.isEmpty {
            // Listen before asking: room made between the refusal and the wait is then not missed.
            let room =
                whenFull == .wait
                ? store.wakeUps.listen(to: Set(open.map { .queue(submissions[$0].options.queue) })) : nil
            let answers = try await store.submit(open.map { submissions[$0] })
            for (index, answer) in zip(open, answers) { ids[index] = answer.id }
            let refused = zip(open, answers).filter { $0.1.id == nil }
            for (index, answer) in refused {
                guard case .queueFull = answer, whenFull == .wait else {
                    throw SubmitError(submission: submissions[index], answer: answer)
                }
            }
            open = refused.map(\.0)
            if let room, !open.isEmpty { try await Self.first(of: room) }
        }
        return ids.compactMap { $0 }
    }

    /// The job, nil when none was ever submitted with this id (a job that waits is never nil).
    public func job(_ id: JobID) async throws -> Job? { try await store.job(id) }

    /// Waits until the job is over, woken by its change and not by polling; nil when the id is unknown.
    public func wait(for id: JobID) async throws -> Job? {
        let changes = store.wakeUps.listen(to: [.job(id)])
        while true {
            guard let job = try await store.job(id) else { return nil }
            if job.outcome != nil { return job }
            try await Self.first(of: changes)
        }
    }

    /// Cancels a job; in effect when this returns. Nil when the id is unknown.
    @discardableResult
    public func cancel(_ id: JobID, reason: String = "") async throws -> Job? {
        try await change(id, .cancelled(.requested(reason)))
    }

    /// Runs a finished job again as a new generation; a job that is not over is left as it is. Nil when unknown.
    @discardableResult
    public func retry(_ id: JobID) async throws -> Job? {
        try await change(id, .retried(held: false))
    }

    /// Starts a run of a workflow; throws `WorkflowError` when the name is unknown or the parameters do not fit.
    public func run(_ name: WorkflowName, parameters: some Encodable & Sendable) async throws -> WorkflowRun {
        let parameters = try Coding.encode(parameters)
        let answer = try await store.start(
            WorkflowSubmission(id: makeID(WorkflowID.self), name: name, parameters: parameters))
        switch answer {
        case .started(let run): return run
        case .unknown(let name): throw WorkflowError(problems: ["no workflow is named \(name)"])
        case .invalid(let problems): throw WorkflowError(problems: problems)
        }
    }

    /// Waits until a run is over; nil when the id is unknown.
    public func wait(for id: WorkflowID) async throws -> WorkflowRun? {
        let changes = store.wakeUps.listen(to: [.workflow(id)])
        while true {
            guard let run = try await store.workflow(id) else { return nil }
            if run.outcome != nil { return run }
            try await Self.first(of: changes)
        }
    }

    /// The results of a step's members in the order of their index.
    public func results(of id: WorkflowID, step: String) async throws -> [JSONText?] {
        try await store.results(of: id, step: step)
    }

    private func submission<Work: TypedJob>(of work: Work, options: JobOptions?) throws -> Submission {
        Submission(
            id: makeID(JobID.self), kind: Work.kind, arguments: try Coding.encode(work),
            options: options ?? Work.options)
    }

    private func change(_ id: JobID, _ event: JobEvent) async throws -> Job? {
        switch try await store.apply([JobChange(id, event)]).first {
        case .changed(let job), .unchanged(let job): job
        case .stale, .unknown, nil: nil
        }
    }

    /// Waits for one wake-up; throws when the task was cancelled instead.
    private static func first(of wakeUps: AsyncStream<Void>) async throws {
        var iterator = wakeUps.makeAsyncIterator()
        if await iterator.next() == nil { throw CancellationError() }
    }
}

/// What a submitter does when a bounded queue is full.
public enum WhenFull: Sendable, Hashable {
    /// Gives up at once with `SubmitError`.
    case refuse
    /// Waits for room.
    case wait
}

/// A job was refused, and is not stored.
public struct SubmitError: Error, Sendable, CustomStringConvertible {
    /// What was to be stored.
    public let submission: Submission
    /// Why it was not.
    public let answer: SubmitAnswer
    /// Makes an error.
    package init(submission: Submission, answer: SubmitAnswer) {
        self.submission = submission
        self.answer = answer
    }
    /// One sentence that names the value and the fix.
    public var description: String {
        switch answer {
        case .queueFull(let capacity):
            "queue \(submission.options.queue) is full (\(capacity) jobs wait): try again later, or wait for room"
        case .keyConflict(let id, let part):
            "idempotency key '\(submission.options.idempotencyKey ?? "")' belongs to job \(id), which \(Self.difference(part)): "
                + "use a new key, or submit the same"
        case .created(let id), .repeated(let id), .merged(let id): "job \(id) stands"
        }
    }

    private static func difference(_ part: SubmissionPart) -> String {
        switch part {
        case .kind: "is of another kind"
        case .queue: "stands in another queue"
        case .arguments: "has other arguments"
        }
    }
}

/// A run could not be started.
public struct WorkflowError: Error, Sendable, CustomStringConvertible {
    /// One sentence for each fault.
    public let problems: [String]
    /// All of them.
    public var description: String { problems.joined(separator: "; ") }
}
