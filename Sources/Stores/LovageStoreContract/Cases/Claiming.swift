import LovageCore
import LovageStore

extension StoreContract {
    static let claiming = [
        StoreContract("a claim opens an attempt, raises the fence and gives the job to its worker alone") { bench in
            let id = try await bench.submit()
            let worker = try await bench.worker()
            let job = try await bench.claimOne(worker)
            try expect(job.id, is: id, "the job")
            let lease = Lease(
                worker: worker, claimed: bench.now.store, started: bench.now.store,
                expires: bench.now.store + Bench.lease)
            try expect(job.state, is: .running(lease), "its state")
            try expect(job.fence, is: 1, "its fence")
            try expect(job.attempts, is: 1, "its attempts")
            try expect(job.started, is: bench.now.store, "when it started")
            try expect(try await bench.job(id), is: job, "what is stored is what was answered")
            try expect(try await bench.claim(worker), is: [], "nobody gets it twice")
        },
        StoreContract("a claim takes no more than its limit, and nothing for a limit of zero") { bench in
            for _ in 0..<5 { _ = try await bench.submit() }
            let worker = try await bench.worker()
            try expect(try await bench.claim(worker, upTo: 0), is: [], "none")
            try expect(try await bench.claim(worker, upTo: 3).count, is: 3, "three")
            try expect(try await bench.claim(worker, upTo: 3).count, is: 2, "the rest")
        },
        StoreContract("a claim takes only the kinds its worker has handlers for") { bench in
            let other = try await bench.submit("other")
            let mine = try await bench.submit("work")
            let worker = try await bench.worker()
            try expect(try await bench.claim(worker).map(\.id), is: [mine], "only its kind")
            try expect(try await bench.claim(worker, kinds: []), is: [], "no kinds, no jobs")
            try expect(try await bench.claim(worker, kinds: ["other", "third"]).map(\.id), is: [other], "the other")
        },
        StoreContract("a claim takes only from the queues its worker names") { bench in
            let id = try await bench.submit("work", "{}", JobOptions(queue: "mail"))
            let worker = try await bench.worker()
            try expect(try await bench.claim(worker), is: [], "not from the default queue")
            try expect(try await bench.claim(worker, queues: []), is: [], "not from no queue")
            try expect(try await bench.claim(worker, queues: ["mail"]).map(\.id), is: [id], "from its queue")
        },
        StoreContract("the first jobs of a claim start at once, the others are read ahead") { bench in
            for _ in 0..<3 { _ = try await bench.submit() }
            let jobs = try await bench.claim(bench.worker(), upTo: 3, starting: 2)
            try expect(jobs.map(\.started), is: [bench.now.store, bench.now.store, nil], "when they started")
            let attempts = try await bench.store.attempts(of: jobs[2].id)
            try expect(attempts.map(\.started), is: [nil], "the attempt has not started either")
        },
        StoreContract("nothing is claimed from a paused queue, and what runs goes on") { bench in
            let worker = try await bench.worker()
            let running = try await bench.running(worker)
            let waiting = try await bench.submit()
            try await bench.store.set(QueueSettings(isPaused: true), for: "default")
            try expect(try await bench.claim(worker), is: [], "paused")
            let ended = try await bench.reported(running, .succeeded(nil))
            try expect(ended.outcome, is: .succeeded, "the running job ends as ever")
            try await bench.store.set(QueueSettings(), for: "default")
            try expect(try await bench.claim(worker).map(\.id), is: [waiting], "resumed")
        },
        StoreContract("a paused queue does not keep a worker from its other queues") { bench in
            _ = try await bench.submit("work", "{}", JobOptions(queue: "first"))
            let id = try await bench.submit("work", "{}", JobOptions(queue: "second"))
            try await bench.store.set(QueueSettings(isPaused: true), for: "first")
            let claimed = try await bench.claim(bench.worker(), queues: ["first", "second"])
            try expect(claimed.map(\.id), is: [id], "the claimed jobs")
        },
        StoreContract("a job past its start window or deadline is left for the sweep") { bench in
            _ = try await bench.submit("work", "{}", JobOptions(startWithin: .seconds(10)))
            _ = try await bench.submit("work", "{}", JobOptions(deadline: .seconds(10)))
            let id = try await bench.submit()
            bench.clock.advance(by: .seconds(10))
            try expect(try await bench.claim(bench.worker()).map(\.id), is: [id], "the claimed jobs")
        },
        StoreContract("concurrent claims never give one job to two workers") { bench in
            for number in 0..<200 { _ = try await bench.submit("work", "\(number)") }
            var requests: [ClaimRequest] = []
            for number in 0..<8 {
                requests.append(
                    ClaimRequest(
                        worker: try await bench.worker("host:\(number)"),
                        offer: ClaimRule.Offer(kinds: ["work"], queues: ["default"]), limit: 40, starting: 40,
                        lease: Bench.lease))
            }
            let store = bench.store
            let claimed = try await withThrowingTaskGroup(of: [JobID].self) { group in
                for request in requests { group.addTask { try await store.claim(request).map(\.id) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            try expect(claimed.count, is: 200, "all jobs are claimed")
            try expect(Set(claimed).count, is: 200, "each once")
        },
        StoreContract("the claim rule says that a job may run exactly when a claim takes it") { bench in
            try await bench.store.set(QueueSettings(isPaused: true), for: "paused")
            let variants = [
                JobOptions(), JobOptions(queue: "paused"), JobOptions(start: .after(.seconds(60))),
                JobOptions(startWithin: .seconds(5)), JobOptions(deadline: .seconds(5)), JobOptions(queue: "unserved"),
            ]
            for options in variants {
                for kind: Kind in ["work", "other"] { _ = try await bench.submit(kind, "{}", options) }
            }
            bench.clock.advance(by: .seconds(5))
            let queues: [QueueName] = ["paused", "default"]
            let worker = try await bench.worker(queues: queues)
            let offers = try await bench.store.workers().map(\.record.offer)
            var expected: Set<JobID> = []
            for job in try await bench.all() {
                let settings = try await bench.store.settings(of: job.queue)
                let verdict = ClaimRule.verdict(on: job, settings: settings, offers: offers, at: bench.now)
                if verdict == .mayRun { expected.insert(job.id) }
            }
            let claimed = try await bench.claim(worker, queues: queues)
            try expect(Set(claimed.map(\.id)), is: expected, "what a claim takes")
            try expect(expected.count, is: 1, "one of the variants may run")
        },
    ]
}
