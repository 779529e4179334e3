import LovageClient
import LovageCore
import Synchronization

/// A job that does nothing, with 200 bytes of arguments.
struct BenchJob: TypedJob {
    static let kind: Kind = "bench.nothing"
    let payload: String

    /// What its arguments take as JSON: `{"payload":"…"}`.
    static let argumentBytes = 200
    static let sample = BenchJob(payload: String(repeating: "x", count: argumentBytes - 14))

    func run(_ context: JobContext) async throws -> NoOutput { NoOutput() }
}

/// A job that says when it ran.
struct BenchPing: TypedJob {
    static let kind: Kind = "bench.ping"
    let payload: String
    static let sample = BenchPing(payload: BenchJob.sample.payload)

    /// When the last one started, on the continuous clock. One runs at a time, so one place is enough.
    static let started = Mutex<ContinuousClock.Instant?>(nil)

    func run(_ context: JobContext) async throws -> NoOutput {
        Self.started.withLock { $0 = ContinuousClock.now }
        return NoOutput()
    }
}
