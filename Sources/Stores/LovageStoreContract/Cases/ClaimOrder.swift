import LovageCore
import LovageStore

extension StoreContract {
    static let claimOrder = [
        StoreContract("higher priorities are claimed first") { bench in
            var byPriority: [Int8: JobID] = [:]
            for priority: Int8 in [0, 127, -128, 5, -1] {
                byPriority[priority] = try await bench.submit("work", "{}", JobOptions(priority: priority))
            }
            let claimed = try await bench.claim(bench.worker())
            try expect(claimed.map(\.options.priority), is: [127, 5, 0, -1, -128], "the order")
            try expect(claimed.map(\.id), is: [127, 5, 0, -1, -128].compactMap { byPriority[$0] }, "the jobs")
        },
        StoreContract("equal priorities are claimed in the order they became ready") { bench in
            let delayed = try await bench.submit("work", "{}", JobOptions(start: .after(.seconds(1))))
            let first = try await bench.submit()
            let second = try await bench.submit("work", "{}", JobOptions(priority: 1))
            bench.clock.advance(by: .seconds(1))
            _ = try await bench.store.promote(upTo: 10)
            let third = try await bench.submit()
            let claimed = try await bench.claim(bench.worker()).map(\.id)
            try expect(claimed, is: [second, first, delayed, third], "the order")
        },
        StoreContract("the order holds over all kinds of a queue and from claim to claim") { bench in
            var sent: [JobID] = []
            for number in 0..<12 { sent.append(try await bench.submit(number % 3 == 0 ? "other" : "work")) }
            let worker = try await bench.worker()
            var claimed: [JobID] = []
            for _ in 0..<4 {
                claimed += try await bench.claim(worker, upTo: 3, kinds: ["work", "other"]).map(\.id)
            }
            try expect(claimed, is: sent, "the order")
        },
        StoreContract("queues are emptied in the order the worker names them") { bench in
            let low = try await bench.submit("work", "{}", JobOptions(queue: "low", priority: 100))
            let high = try await bench.submit("work", "{}", JobOptions(queue: "high"))
            let claimed = try await bench.claim(bench.worker(), queues: ["high", "low"])
            try expect(claimed.map(\.id), is: [high, low], "the order")
        },
        StoreContract("a worker that names its queues in another order gets the other one first") { bench in
            let first = try await bench.submit("work", "{}", JobOptions(queue: "a"))
            let second = try await bench.submit("work", "{}", JobOptions(queue: "b"))
            let worker = try await bench.worker()
            try expect(try await bench.claimOne(worker, queues: ["b", "a"]).id, is: second, "b first")
            try expect(try await bench.claimOne(worker, queues: ["b", "a"]).id, is: first, "then a")
        },
        StoreContract("a job that was handed back keeps its place") { bench in
            let worker = try await bench.worker()
            let first = try await bench.running(worker)
            let second = try await bench.submit()
            try await bench.reported(first, .handedBack)
            try expect(try await bench.claim(worker).map(\.id), is: [first.id, second], "the order")
        },
        StoreContract("a lost job keeps its place, whether its attempt had started or not") { bench in
            let worker = try await bench.worker()
            let sent = [try await bench.submit(), try await bench.submit(), try await bench.submit()]
            _ = try await bench.claim(worker, upTo: 1, starting: 1)
            _ = try await bench.claim(worker, upTo: 1, starting: 0)
            try await bench.store.retire(worker)
            let claimed = try await bench.claim(bench.worker()).map(\.id)
            try expect(claimed, is: sent, "the order")
        },
        StoreContract("what a crash interrupted runs before all that waited behind it") { bench in
            let gone = try await bench.worker()
            let interrupted = try await bench.running(gone)
            for _ in 0..<20 { _ = try await bench.submit() }
            bench.clock.advance(by: Bench.lease)
            try expect(try await bench.store.sweep(upTo: 10), is: 1, "the leases that are over")
            try expect(try await bench.claimOne(bench.worker()).id, is: interrupted.id, "what is claimed first")
        },
        StoreContract("a retry goes to the back of its queue") { bench in
            let worker = try await bench.worker()
            let options = JobOptions(retry: RetryPolicy(retries: 1, backoff: .fixed(.zero)))
            let first = try await bench.running(worker, options)
            let second = try await bench.submit()
            try await bench.reported(first, .failed(.sample))
            try expect(try await bench.claim(worker).map(\.id), is: [second, first.id], "the order")
        },
        StoreContract("no two jobs that became ready have the same place") { bench in
            let worker = try await bench.worker()
            for _ in 0..<5 { _ = try await bench.submit("work", "{}", JobOptions(start: .after(.seconds(1)))) }
            for _ in 0..<5 { _ = try await bench.submit() }
            bench.clock.advance(by: .seconds(1))
            _ = try await bench.store.promote(upTo: 10)
            let claimed = try await bench.claim(worker)
            try expect(Set(claimed.map(\.sequence)).count, is: 10, "the sequence numbers")
            try expect(zip(claimed, claimed.dropFirst()).allSatisfy(ClaimRule.goesFirst), "the order is the rule's")
        },
    ]
}
