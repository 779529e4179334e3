import LovageCore
import LovageStore

extension StoreContract {
    static let bounds = [
        StoreContract("a bounded queue refuses what it has no room for, and takes it once a job has started") { bench in
            try await bench.store.set(QueueSettings(capacity: 2), for: "default")
            _ = try await bench.submit()
            _ = try await bench.submit()
            try expect(try await bench.submitting(), is: .queueFull(capacity: 2), "the third")
            _ = try await bench.claimOne(bench.worker())
            _ = try await bench.submit()
            try expect(try await bench.submitting(), is: .queueFull(capacity: 2), "full again")
        },
        StoreContract("a bound counts suspended jobs, and neither running nor finished ones") { bench in
            try await bench.store.set(QueueSettings(capacity: 1), for: "default")
            let worker = try await bench.worker()
            _ = try await bench.running(worker)
            let job = try await bench.running(worker)
            try await bench.reported(job, .succeeded(nil))
            _ = try await bench.submit("work", "{}", JobOptions(start: .after(.seconds(60))))
            try expect(try await bench.submitting(), is: .queueFull(capacity: 1), "a delayed job fills the queue")
        },
        StoreContract("a key or an equal job is answered even where the queue is full") { bench in
            try await bench.store.set(QueueSettings(capacity: 2), for: "default")
            let keyed = try await bench.submit("work", "[1]", JobOptions(idempotencyKey: "k"))
            let unique = try await bench.submit("work", "[2]", JobOptions(unique: .allArguments))
            let repeated = try await bench.submitting("work", "[1]", JobOptions(idempotencyKey: "k"))
            try expect(repeated, is: .repeated(keyed), "the repeated one")
            let merged = try await bench.submitting("work", "[2]", JobOptions(unique: .allArguments))
            try expect(merged, is: .merged(unique), "the merged one")
        },
        StoreContract("a bound of one queue does not touch another, and can be taken away") { bench in
            try await bench.store.set(QueueSettings(capacity: 0), for: "default")
            try expect(try await bench.submitting(), is: .queueFull(capacity: 0), "nothing fits")
            _ = try await bench.submit("work", "{}", JobOptions(queue: "other"))
            try await bench.store.set(QueueSettings(), for: "default")
            _ = try await bench.submit()
        },
        StoreContract("a job that goes back to a full queue is not refused") { bench in
            try await bench.store.set(QueueSettings(capacity: 1), for: "default")
            let job = try await bench.running(bench.worker())
            _ = try await bench.submit()
            let back = try await bench.reported(job, .handedBack)
            try expect(back.state, is: .ready, "it is ready")
            try expect(try await bench.submitting(), is: .queueFull(capacity: 1), "the queue is over its bound")
        },
    ]
}
