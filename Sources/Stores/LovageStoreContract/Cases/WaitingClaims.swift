import LovageCore
import LovageStore

// Claims that wait in the store until there is work. Whether the claim or the work comes first must not matter, so no case
// waits for a claim to wait.

extension StoreContract {
    static let waitingClaims = [
        StoreContract("a claim with a ticket takes what is ready at once") { bench in
            let id = try await bench.submit()
            let jobs = try await bench.store.claim(bench.request(bench.worker()), waiting: ClaimTicket())
            try expect(jobs.map(\.id), is: [id], "what it takes")
        },
        StoreContract("a claim that waits takes a job that is submitted later") { bench in
            let request = bench.request(try await bench.worker())
            let store = bench.store
            async let claimed = store.claim(request, waiting: ClaimTicket())
            let id = try await bench.submit()
            let job = try require(try await claimed.first, "a job is claimed")
            try expect(job.id, is: id, "which one")
            try expect(try await bench.job(id), is: job, "the claim is stored")
            try expect(job.attempts, is: 1, "its attempts")
        },
        StoreContract("a claim that waits takes jobs however they become ready") { bench in
            let worker = try await bench.worker()
            let store = bench.store
            let delayed = try await bench.submit("work", "[1]", JobOptions(start: .after(.seconds(9))))
            let retried = try await bench.submit("work", "[2]")
            try await bench.cancel(retried)
            let run = try await bench.start([.run("a"), .run("b", needs: ["a"])])
            let first = try await bench.claimOne(worker)
            try await store.set(QueueSettings(isPaused: true), for: "default")
            let paused = try await bench.submit("work", "[3]")
            let step = try await bench.member(run, "b").id
            bench.clock.advance(by: .seconds(9))
            func expectTaken(_ id: JobID, by change: () async throws -> Void) async throws {
                let request = bench.request(worker)
                async let claimed = store.claim(request, waiting: ClaimTicket())
                try await change()
                try expect(try await claimed.map(\.id), is: [id], "what is claimed")
            }
            try await expectTaken(paused) { try await store.set(QueueSettings(), for: "default") }
            try await expectTaken(step) { try await bench.reported(first, .succeeded(nil)) }
            try await expectTaken(retried) { try await bench.apply(retried, .retried(held: false)) }
            try await expectTaken(delayed) { _ = try await store.promote(upTo: 10) }
        },
        StoreContract("a claim that waits leaves what it did not ask for, and goes on waiting") { bench in
            let request = bench.request(try await bench.worker())
            let store = bench.store
            async let claimed = store.claim(request, waiting: ClaimTicket())
            let other = try await bench.submit("other")
            let elsewhere = try await bench.submit("work", "{}", JobOptions(queue: "elsewhere"))
            let id = try await bench.submit()
            try expect(try await claimed.map(\.id), is: [id], "what is claimed")
            for left in [other, elsewhere] {
                try expect(try await bench.job(left).state, is: .ready, "what was not asked for")
            }
        },
        StoreContract("a claim takes no more than its limit, and one that came later gets what is left") { bench in
            let store = bench.store
            let requests = [bench.request(try await bench.worker(), 2), bench.request(try await bench.worker(), 2)]
            async let first = store.claim(requests[0], waiting: ClaimTicket())
            async let second = store.claim(requests[1], waiting: ClaimTicket())
            _ = try await store.submit((1...4).map { _ in try bench.submission() })
            let taken = [try await first, try await second]
            try expect(taken.map(\.count), is: [2, 2], "how many each gets")
            try expect(Set(taken.joined().map(\.id)).count, is: 4, "no job twice")
        },
        StoreContract("of what comes all at once, claims that wait get what they asked for, and the first that came") {
            bench in
            var requests: [ClaimRequest] = []
            for _ in 0..<3 { requests.append(bench.request(try await bench.worker(), 1)) }
            // What shares a commit is another time something else.
            for _ in 0..<10 {
                let taken = try await bench.claims(requests, beside: (0..<60).map { 1 + $0 % 3 / 2 })
                let running = try await bench.all(JobFilter(state: .running))
                try expect(Set(running.map(\.id)), is: Set(taken.map(\.id)), "what runs is what was given")
                try expect(taken.count, is: 3, "how many")
                let left = try await bench.all(JobFilter(state: .ready)).map(\.sequence).min()
                try expect(taken.allSatisfy { $0.sequence < left ?? 0 }, "nothing that is left had come before")
                for job in taken { try await bench.reported(job, .succeeded(nil)) }
                _ = try await bench.store.purge("default", upTo: 1_000)
            }
        },
        StoreContract("of a bulk, a claim that waits takes the best") { bench in
            let request = bench.request(try await bench.worker(), 1)
            for _ in 0..<10 {
                let store = bench.store
                async let claimed = store.claim(request, waiting: ClaimTicket())
                for _ in 0..<20 { await Task.yield() }
                let bulk = [try bench.submission(), try bench.submission("work", "{}", JobOptions(priority: 5))]
                _ = try await store.submit(bulk)
                try expect(try await claimed.map(\.id), is: [bulk[1].id], "what it takes")
                _ = try await store.purge("default", upTo: 10)
            }
        },
        StoreContract("a claim whose ticket is withdrawn answers nothing, and takes nothing afterwards") { bench in
            let request = bench.request(try await bench.worker())
            let store = bench.store
            let before = ClaimTicket()
            before.withdraw()
            try expect(try await store.claim(request, waiting: before), is: [], "withdrawn before it was used")
            let ticket = ClaimTicket()
            async let claimed = store.claim(request, waiting: ticket)
            ticket.withdraw()
            ticket.withdraw()
            try expect(try await claimed, is: [], "withdrawn while it may wait")
            let id = try await bench.submit()
            try expect(try await bench.job(id).state, is: .ready, "a job that comes later")
        },
    ]
}

extension Bench {
    /// Lets claims wait, and submits as many jobs at once as each of `sizes` says, all at the same time; answers what the
    /// claims got.
    fileprivate func claims(_ requests: [ClaimRequest], beside sizes: [Int]) async throws -> [Job] {
        let store = store
        let bulks = try sizes.map { size in try (0..<size).map { _ in try submission() } }
        return try await withThrowingTaskGroup(of: [Job].self) { group in
            for request in requests { group.addTask { try await store.claim(request, waiting: ClaimTicket()) } }
            for _ in 0..<20 { await Task.yield() }
            for bulk in bulks {
                group.addTask {
                    _ = try await store.submit(bulk)
                    return []
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    func request(_ worker: WorkerID, _ limit: Int = 4) -> ClaimRequest {
        ClaimRequest(
            worker: worker, offer: ClaimRule.Offer(kinds: ["work"], queues: ["default"]), limit: limit,
            starting: limit, lease: Bench.lease)
    }
}
