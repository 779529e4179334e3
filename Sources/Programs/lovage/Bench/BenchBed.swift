import Foundation
import Logging
import LovageClient
import LovageCore
import LovageMaintenance
import LovageStore
import LovageWorker
import Synchronization

/// A store in a temporary folder, what works on it, and the stop-watch around both.
struct BenchBed: Sendable {
    let store: any Store
    let client: Client
    let folder: URL
    let plan: BenchPlan
    private let recorded = Recorded()

    init(store: any Store, folder: URL, plan: BenchPlan) {
        self.store = store
        self.folder = folder
        self.plan = plan
        client = Client(store)
    }

    /// Runs `body` beside a worker that has both kinds, and drains the worker afterwards.
    func withWorker<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        var handlers = HandlerRegistry()
        handlers.register(BenchJob.self)
        handlers.register(BenchPing.self)
        // What the figures say must not depend on where the log goes.
        var logger = Logger(label: "lovage.bench")
        logger.logLevel = .critical
        let worker = Worker(
            configuration: WorkerConfiguration(name: "bench", slots: plan.slots), handlers: handlers, client: client,
            logger: logger,
            events: { event in
                if case .attemptRecorded = event { recorded.hit() }
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

    /// A countdown of attempts whose end is recorded from now on.
    func expect(_ count: Int) -> Countdown {
        let countdown = Countdown(count)
        recorded.tell(countdown)
        return countdown
    }

    /// Times `body`, which answers how many jobs it did and a sample for each where it took one.
    func measure(
        _ workload: BenchPlan.Workload, _ what: String, _ body: () async throws -> (jobs: Int, samples: [Duration])
    ) async throws -> BenchFigure {
        let fsync = BenchMeters.fsync(in: folder)
        let processor = BenchMeters.processor()
        let began = ContinuousClock.now
        let (jobs, samples) = try await body()
        let spent = ContinuousClock.now - began
        return BenchFigure(
            workload: workload, what: what, jobs: jobs, spent: spent, processor: BenchMeters.processor() - processor,
            samples: samples.sorted(), fsync: fsync)
    }

    /// True until the plan's span is over.
    func clock() -> @Sendable () -> Bool {
        let end = ContinuousClock.now + plan.span
        return { ContinuousClock.now < end }
    }

    /// Passes the worker's events on to whoever counts now.
    private final class Recorded: Sendable {
        private let countdown = Mutex<Countdown?>(nil)
        func tell(_ countdown: Countdown) { self.countdown.withLock { $0 = countdown } }
        func hit() { countdown.withLock { $0 }?.hit() }
    }
}
