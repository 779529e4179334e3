public import LovageCore

/// A kind of job written in Swift: its stored properties are its arguments.
///
/// ```swift
/// struct SendMail: TypedJob {
///     static let kind: Kind = "mail.send"
///     let to: String
///
///     func run(_ context: JobContext) async throws -> String {
///         try await context.report(progress: 1, of: 2)
///         return "sent to \(to)"
///     }
/// }
/// ```
///
/// Throwing fails the attempt, and the retry policy decides what follows. `NeverAgain` fails the job at once, `Snooze`
/// asks for another run at no cost, `Skip` ends it as `skipped`.
///
/// `run` and the hooks have threads apart from heartbeats, claims and HTTP. An unstructured `Task { }` leaves them, because
/// it does not inherit the executor: what blocks in there blocks Swift's global one. Use child tasks.
public protocol TypedJob: Codable, Sendable {
    /// What `run` returns; stored as JSON.
    associatedtype Output: Codable & Sendable

    /// The name it is stored under. Renaming the Swift type does not change it.
    static var kind: Kind { get }
    /// What every job of this kind has unless its submitter says otherwise.
    static var options: JobOptions { get }
    /// True when `run` blocks its thread (files, C libraries, `Thread.sleep`): it is then given a thread of its own.
    static var isBlocking: Bool { get }

    /// Does the work. Cancelled cooperatively: check `Task.isCancelled` in long loops.
    func run(_ context: JobContext) async throws -> Output

    /// Called before each attempt.
    func onStart(_ context: JobContext) async throws
    /// Called after the attempt that succeeded, before its success is recorded; throwing fails the attempt.
    func onSuccess(_ output: Output, _ context: JobContext) async throws
    /// Called after each failed attempt that is tried again.
    func onRetry(_ error: any Error, _ context: JobContext) async
    /// Called after the attempt whose failure is final, before `rollBack`.
    func onFailure(_ error: any Error, _ context: JobContext) async
    /// Undoes what the attempts did; called once, after the final failure (requirement 4.26).
    func rollBack(_ error: any Error, _ context: JobContext) async throws
}

extension TypedJob {
    /// Three retries with exponential, jittered waits from 1 second.
    public static var options: JobOptions { JobOptions(retry: .standard) }
    /// False.
    public static var isBlocking: Bool { false }
    /// Does nothing.
    public func onStart(_ context: JobContext) async throws {}
    /// Does nothing.
    public func onSuccess(_ output: Output, _ context: JobContext) async throws {}
    /// Does nothing.
    public func onRetry(_ error: any Error, _ context: JobContext) async {}
    /// Does nothing.
    public func onFailure(_ error: any Error, _ context: JobContext) async {}
    /// Does nothing.
    public func rollBack(_ error: any Error, _ context: JobContext) async throws {}
}

/// The output of a job that returns nothing.
public struct NoOutput: Codable, Sendable, Hashable {
    /// Nothing.
    public init() {}
}

/// Thrown by a handler to fail the job whatever its retry policy says.
public struct NeverAgain: Error, Sendable {
    /// Why.
    public let message: String
    /// Fails the job at once.
    public init(_ message: String) { self.message = message }
}

/// Thrown by a handler to be run again after a wait, at no cost to any budget.
public struct Snooze: Error, Sendable {
    /// How long to wait.
    public let wait: Duration
    /// Asks for another run.
    public init(for wait: Duration) { self.wait = wait }
}

/// Thrown by a handler that found nothing to do.
public struct Skip: Error, Sendable {
    /// Why.
    public let reason: String
    /// Ends the job as skipped.
    public init(_ reason: String) { self.reason = reason }
}

/// An error that names the kind retry rules match; other errors are matched by the name of their type.
public protocol ErrorKindProviding: Error {
    /// A short name, such as `rate_limited`.
    var errorKind: String { get }
}
