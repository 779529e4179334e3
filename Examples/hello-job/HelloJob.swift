// Three typed jobs on a store in this process: one that is called, one that is retried, one that is rolled back.
//
//     swift run hello-job

import Logging
import Lovage

/// Its stored properties are its arguments; what `run` returns is its result.
struct Greet: TypedJob {
    static let kind: Kind = "hello.greet"
    let name: String

    func run(_ context: JobContext) async throws -> String {
        "Hello, \(name)!"
    }
}

/// Fails twice, then succeeds: the retry policy is part of the kind.
struct Flaky: TypedJob {
    static let kind: Kind = "hello.flaky"
    static let options = JobOptions(retry: RetryPolicy(retries: 2, backoff: .fixed(.milliseconds(10))))
    struct Unlucky: Error {}

    func run(_ context: JobContext) async throws -> Int {
        if context.attempt < 3 { throw Unlucky() }
        return context.attempt
    }

    func onRetry(_ error: any Error, _ context: JobContext) async {
        print("flaky: attempt \(context.attempt) failed, trying again")
    }
}

/// Fails for good; what it did is undone once.
struct Doomed: TypedJob {
    static let kind: Kind = "hello.doomed"

    func run(_ context: JobContext) async throws -> NoOutput {
        throw NeverAgain("the disk is on fire")
    }

    func rollBack(_ error: any Error, _ context: JobContext) async {
        print("doomed: rolled back")
    }
}

@main struct HelloJob {
    static func main() async throws {
        var logger = Logger(label: "hello-job")
        logger.logLevel = .critical
        var handlers = HandlerRegistry()
        handlers.register(Greet.self)
        handlers.register(Flaky.self)
        handlers.register(Doomed.self)
        let store = try MemoryStore()
        let client = Client(store)
        let worker = Worker(handlers: handlers, client: client, logger: logger)
        let promoter = Promoter(store, logger: logger)

        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            group.addTask { await promoter.run() }

            print(try await client.call(Greet(name: "Lovage")))
            print("flaky: succeeded in attempt \(try await client.call(Flaky()))")
            do {
                _ = try await client.call(Doomed())
            } catch let error as JobFailed {
                print("doomed: \(error.failure?.message ?? "")")
            }
            group.cancelAll()
        }
    }
}
