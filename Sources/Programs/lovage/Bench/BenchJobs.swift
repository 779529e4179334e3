import LovageClient
import LovageCore
import Synchronization

/// A job that does nothing, with 200 bytes of arguments; its result says that they arrived.
struct BenchJob: TypedJob {
    static let kind: Kind = "bench.nothing"
    let payload: String

    /// What its arguments take as JSON: `{"payload":"…"}`.
    static let argumentBytes = 200
    static let sample = BenchJob(payload: String(repeating: "x", count: argumentBytes - 14))
    /// What is stored as its result.
    static let result = "\(argumentBytes - 14)"

    func run(_ context: JobContext) async throws -> Int { payload.utf8.count }
}

/// The same, for a job that says when it ran.
struct BenchPing: TypedJob {
    static let kind: Kind = "bench.ping"
    let payload: String
    static let result = BenchJob.result
    static let sample = BenchPing(payload: BenchJob.sample.payload)

    /// Who is told when the next one starts. One runs at a time, so one place is enough.
    static let listener = Mutex<AsyncStream<ContinuousClock.Instant>.Continuation?>(nil)

    func run(_ context: JobContext) async throws -> Int {
        let now = ContinuousClock.now
        Self.listener.withLock { $0 }?.yield(now)
        return payload.utf8.count
    }
}

/// The same, for a job of many that says when it ran, by the clock that judges when it is due.
struct BenchDue: TypedJob {
    static let kind: Kind = "bench.due"
    let index: Int
    let payload: String

    /// What is stored as its result.
    static let result = "\(BenchJob.argumentBytes - 28)"

    /// A number of five digits and what fills its arguments up to 200 bytes.
    init(_ index: Int) {
        self.index = index + 10_000
        payload = String(repeating: "x", count: BenchJob.argumentBytes - 28)
    }

    /// The clock, and what it read when the job of each index started.
    struct Starts: Sendable {
        var clock: @Sendable () -> StoreTime = { StoreTime(microseconds: 0) }
        var times: [Int: StoreTime] = [:]
    }
    static let starts = Mutex(Starts())

    func run(_ context: JobContext) async throws -> Int {
        Self.starts.withLock { $0.times[index - 10_000] = $0.clock() }
        return payload.utf8.count
    }
}
