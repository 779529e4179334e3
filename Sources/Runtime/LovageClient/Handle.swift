public import LovageCore

/// A submitted job whose result has a type.
public struct Handle<Output: Codable & Sendable>: Sendable {
    /// The job.
    public let id: JobID
    let client: Client

    /// Waits for the result; throws `JobFailed` when the job ended in any other way than success.
    public func result() async throws -> Output {
        guard let job = try await client.wait(for: id) else { throw JobFailed(id: id, outcome: nil, failure: nil) }
        guard case .succeeded = job.outcome else { throw JobFailed(id: id, outcome: job.outcome, failure: job.failure) }
        return try Coding.decode(Output.self, from: job.result ?? .null)
    }

    /// Cancels the job; in effect when this returns.
    public func cancel(reason: String = "") async throws {
        try await client.cancel(id, reason: reason)
    }
}

/// The job that was waited for did not succeed.
public struct JobFailed: Error, Sendable, CustomStringConvertible {
    /// The job.
    public let id: JobID
    /// How it ended; nil when the store knows no such job.
    public let outcome: Outcome?
    /// What went wrong last.
    public let failure: Failure?
    /// One sentence.
    public var description: String {
        guard let outcome else { return "no job has the id \(id)" }
        return "job \(id) ended \(outcome.name.rawValue)" + (failure.map { ": \($0.message)" } ?? "")
    }
}
