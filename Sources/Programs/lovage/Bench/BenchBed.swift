import Foundation
import Logging
import LovageClient
import LovageCore
import LovageMaintenance
import LovageStore
import LovageWorker

/// A store in a temporary folder, what works on it, and the stop-watch around both.
struct BenchBed: Sendable {
    let store: any Store
    let client: Client
    let folder: URL
    let plan: BenchPlan
    /// What the worker recorded since it was asked last.
    let recorded = BenchRecord()
    private let opened: StoreFolder.Opened

    /// Makes a new store in `folder`.
    init(in folder: URL, _ plan: BenchPlan) throws {
        self.folder = folder
        self.plan = plan
        opened = try StoreFolder(url: folder).open(.full)
        store = opened.store
        client = Client(opened.store)
    }

    /// Closes the store and deletes it.
    func clear() throws {
        try opened.close()
        try FileManager.default.removeItem(at: folder)
    }

    /// Runs `body` beside a worker that has all kinds, and drains the worker afterwards.
    func withWorker<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        var handlers = HandlerRegistry()
        handlers.register(BenchJob.self)
        handlers.register(BenchPing.self)
        handlers.register(BenchDue.self)
        // What the figures say must not depend on where the log goes.
        var logger = Logger(label: "lovage.bench")
        logger.logLevel = .critical
        let worker = Worker(
            configuration: WorkerConfiguration(name: "bench", slots: plan.slots), handlers: handlers, client: client,
            logger: logger,
            events: { event in
                // A job that is given back when the worker ends has not ended.
                if case .attemptRecorded(let job, _) = event, job.outcome != nil { recorded.add(job) }
            })
        let promoter = Promoter(store, logger: logger)
        let rescuer = Rescuer(store, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            group.addTask { await promoter.run() }
            group.addTask { await rescuer.run() }
            let result = try await body()
            group.cancelAll()
            return result
        }
    }

    /// What a measured body did.
    struct Done: Sendable {
        var jobs: Int
        /// One duration a sample; empty where only the rate counts.
        var samples: [Duration] = []
        /// When it was over, if that was before the body returned.
        var end: BenchInstant?
    }

    /// Times `body`.
    func measure(_ body: () async throws -> Done) async throws -> BenchFigure {
        let calibration = try BenchCalibration.measure(in: folder)
        let began = BenchInstant.now()
        let done = try await body()
        let end = done.end ?? .now()
        let samples = done.samples.sorted()
        return BenchFigure(
            jobs: done.jobs, spent: end.clock - began.clock, processor: end.processor - began.processor,
            p50: BenchMeters.quantile(0.5, of: samples), p99: BenchMeters.quantile(0.99, of: samples),
            memory: BenchMeters.memory(), calibration: calibration)
    }

    /// True until the plan's span is over. Asked after a turn: even the shortest span measures one.
    func clock() -> @Sendable () -> Bool {
        let end = ContinuousClock.now + plan.span
        return { ContinuousClock.now < end }
    }
}
