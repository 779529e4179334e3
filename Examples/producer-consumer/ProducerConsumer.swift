// The classic: producers put dishes on a counter that holds ten, consumers take them. The counter is a bounded queue:
// a producer waits when it is full and is woken when there is room, a worker waits when it is empty and is woken by the
// next dish. Nobody polls, no lock is in sight, and no wake-up can be lost, because whoever waits listens before it asks.
//
//     swift run producer-consumer [--verbose]

import Logging
import Lovage
import Synchronization

/// One dish; its consumer is whichever slot takes it.
struct Dish: TypedJob {
    static let kind: Kind = "kitchen.dish"
    static let options = JobOptions(queue: "kitchen:counter")
    let cook: String
    let number: Int

    func run(_ context: JobContext) async throws -> NoOutput {
        Kitchen.shared.serve(self)
        return NoOutput()
    }
}

/// Counts what was served; fails loudly when a dish is served twice.
final class Kitchen: Sendable {
    static let shared = Kitchen()
    private let served = Mutex<Set<String>>([])

    func serve(_ dish: Dish) {
        let isNew = served.withLock { $0.insert("\(dish.cook) \(dish.number)").inserted }
        precondition(isNew, "a dish is served once")
    }

    var count: Int { served.withLock { $0.count } }
}

@main struct ProducerConsumer {
    static let queue: QueueName = "kitchen:counter"
    static let capacity = 10
    static let cooks = ["Ada", "Grace", "Edsger"]
    static let dishesEach = 40

    static func main() async throws {
        let isVerbose = CommandLine.arguments.contains("--verbose")
        var logger = Logger(label: "producer-consumer")
        logger.logLevel = .critical
        let store = try MemoryStore()
        try await store.set(QueueSettings(capacity: capacity), for: queue)
        let client = Client(store)
        var handlers = HandlerRegistry()
        handlers.register(Dish.self)
        let waiters = Worker(
            configuration: WorkerConfiguration(name: "waiters", slots: 2, queues: .strict([queue])),
            handlers: handlers, client: client, logger: logger)

        // Nobody takes yet: the counter fills up, and the next dish is refused to a producer who will not wait.
        try await client.submit(many: (1...capacity).map { Dish(cook: "Ada", number: $0) })
        do {
            try await client.submit(Dish(cook: "Ada", number: 11))
        } catch let error as SubmitError {
            print("refused: \(error)")
        }

        try await withThrowingTaskGroup(of: Void.self) { consumers in
            consumers.addTask { try await waiters.run() }
            try await withThrowingTaskGroup(of: Void.self) { producers in
                for cook in cooks {
                    let first = cook == "Ada" ? capacity + 1 : 1
                    producers.addTask { try await produce(cook, first...dishesEach, client, isVerbose) }
                }
                try await producers.waitForAll()
            }
            try await join(queue, of: store)
            consumers.cancelAll()
        }
        print("served \(Kitchen.shared.count) of \(cooks.count * dishesEach) dishes, each once")
    }

    /// Puts dishes on the counter; waits whenever it is full.
    static func produce(_ cook: String, _ numbers: ClosedRange<Int>, _ client: Client, _ isVerbose: Bool) async throws {
        for number in numbers {
            try await client.submit(Dish(cook: cook, number: number), whenFull: .wait)
            let size = try await client.store.queues().first { $0.name == queue }?.waiting ?? 0
            precondition(size <= capacity, "the counter never holds more than it can")
            if isVerbose { print("\(cook) put dish \(number), \(size) on the counter") }
        }
    }

    /// Waits until the queue is fully processed: `join()` of the classic.
    static func join(_ queue: QueueName, of store: MemoryStore) async throws {
        let changes = store.wakeUps.listen(to: [.queue(queue)])
        var iterator = changes.makeAsyncIterator()
        while let overview = try await store.queues().first(where: { $0.name == queue }),
            overview.waiting + overview.running > 0
        {
            _ = await iterator.next()
        }
    }
}
