public import Logging
public import LovageCore
import LovageStore
import LovageWorkflow

/// What an attempt knows and may do while it runs.
public struct JobContext: Sendable {
    /// The job.
    public let id: JobID
    /// Which claim of the job this is, from 1.
    public let attempt: Int
    /// The number that outside stores can compare: a later attempt has a higher one.
    public let fence: Int64
    /// 1, plus one for every manual retry.
    public let generation: Int
    /// The step this job is, if any.
    public let membership: Job.Membership?
    /// Submits further jobs and asks for others.
    public let client: Client
    package let control: any AttemptControl
    private let kind: Kind
    private let workerLogger: Logger

    /// Carries `job.id`, `job.kind` and `job.attempt`. Made anew each time: most attempts of quick jobs log nothing.
    public var logger: Logger {
        var logger = workerLogger
        logger[metadataKey: "job.id"] = "\(id)"
        logger[metadataKey: "job.kind"] = "\(kind)"
        logger[metadataKey: "job.attempt"] = "\(attempt)"
        return logger
    }

    /// Makes the context of one attempt.
    package init(job: Job, logger: Logger, client: Client, control: any AttemptControl) {
        id = job.id
        attempt = job.attempts
        fence = job.fence
        generation = job.generation
        membership = job.membership
        kind = job.kind
        workerLogger = logger
        self.client = client
        self.control = control
    }

    /// Says that `done` of `total` are done; people see it at once. Throws `StaleAttempt` when the job is no longer ours.
    public func report(progress done: Int64, of total: Int64) async throws {
        try await control.publish(.progress(Job.Progress(done: done, total: total)))
    }

    /// Publishes a custom state (requirement 1.29). Throws `StaleAttempt` when the job is no longer ours.
    public func report(status name: String, data: JSONText? = nil) async throws {
        try await control.publish(.status(Job.Status(name: name, data: data)))
    }

    /// The decoded results of a step this one needs, in the order of its members; nil for one without a result.
    public func results<Output: Decodable>(of step: String, as type: Output.Type = Output.self) async throws
        -> [Output?]
    {
        guard let membership else { return [] }
        return try await client.results(of: membership.workflow, step: step).map { text in
            try text.map { try Coding.decode(type, from: $0) }
        }
    }
}

/// How an attempt's handler reaches the worker around it.
package protocol AttemptControl: Sendable {
    /// Stores a publication under the attempt's fence; throws `StaleAttempt` when it no longer holds the job.
    func publish(_ publication: Publication) async throws
    /// The limit this attempt has run into; nil while it is within its time.
    var limitPassed: Failure? { get }
}

/// The attempt no longer holds its job: it was cancelled, or its lease was lost. Stop; nothing it says counts any more.
public struct StaleAttempt: Error, Sendable, CustomStringConvertible {
    /// The job.
    public let id: JobID
    /// One sentence.
    public var description: String { "job \(id) is no longer held by this attempt" }
    /// Makes an error.
    package init(id: JobID) { self.id = id }
}
