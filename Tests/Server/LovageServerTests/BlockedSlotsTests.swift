import Dispatch
import Logging
import LovageAPI
import LovageClient
import LovageCore
import LovageMemoryStore
import LovageRemote
import LovageStore
import LovageTesting
import LovageWorker
import Testing

@testable import LovageServer

/// Blocks its thread although its kind does not say so: what a careless handler does.
private struct CarelessHandler: Handler {
    let gate: DispatchSemaphore

    func run(_ job: Job, _ context: JobContext) async -> AttemptReport {
        block()
        return .succeeded(nil)
    }

    private func block() { gate.wait() }
}

@Suite(.timeLimit(.minutes(5))) struct BlockedSlotsTests {
    /// Time itself is what is tested here, so that this test takes its ten seconds.
    private static let span = Duration.seconds(10)

    @Test func `while every slot blocks its thread for ten seconds leases are kept and the API answers within 100 ms`()
        async throws
    {
        let answers = try await undisturbed { try await answersWhileBlocked() }
        // The median, because a busy machine may hold up any one of them.
        #expect(answers[answers.count / 2] < .milliseconds(100), "\(answers.count) answers")
    }

    /// Blocks every slot and holds that nothing was lost meanwhile; how long the API took to answer, the shortest first.
    private func answersWhileBlocked() async throws -> [Duration] {
        let store = try MemoryStore()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        var handlers = HandlerRegistry()
        let gate = DispatchSemaphore(value: 0)
        handlers.register("careless", CarelessHandler(gate: gate))
        let client = Client(store)
        let worker = Worker(
            configuration: WorkerConfiguration(
                slots: 4, lease: .seconds(8), heartbeat: .milliseconds(200), stopMargin: .seconds(1)),
            handlers: handlers, client: client, logger: logger)
        let (ports, port) = AsyncStream.makeStream(of: Int?.self)
        let service = LovageService(
            configuration: ServerConfiguration(port: 0, isOpen: true, version: "test"), store: store, log: MemoryLog(),
            worker: worker, logger: logger, listening: { port.yield($0) })
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            var arrivals = ports.makeAsyncIterator()
            let number = try #require(await arrivals.next() ?? nil)
            let ids = try await client.submit(
                (0..<4).map { _ in
                    Submission(
                        id: JobID(Client.randomUUID(store.now().wall)), kind: "careless", arguments: .emptyObject)
                })
            for id in ids { try await becomesRunning(id, store) }
            let answers = try await Self.ask(RemoteClient(server: "http://127.0.0.1:\(number)"), for: Self.span)
            let running = try await store.jobs(JobFilter(state: .running), page: PageRequest())
            #expect(running.items.count == 4, "the answer came while all of them still ran")
            for _ in ids { gate.signal() }
            for id in ids {
                let job = try #require(try await client.wait(for: id))
                #expect(job.outcome == .succeeded)
                #expect(job.attempts == 1)
            }
            group.cancelAll()
            return answers
        }
    }

    /// Asks every 100 ms for as long as that; how long each answer took, the shortest first.
    private static func ask(_ client: RemoteClient, for span: Duration) async throws -> [Duration] {
        let time = Timekeeper.continuous
        let end = time.elapsed() + span
        var answers: [Duration] = []
        while time.elapsed() < end {
            let asked = time.elapsed()
            _ = try await client.health()
            answers.append(time.elapsed() - asked)
            try await time.sleep(.milliseconds(100))
        }
        return answers.sorted()
    }

    private func becomesRunning(_ id: JobID, _ store: MemoryStore) async throws {
        let changes = store.wakeUps.listen(to: [.job(id)])
        var iterator = changes.makeAsyncIterator()
        while try await store.job(id)?.state.name != .running { _ = await iterator.next() }
    }
}
