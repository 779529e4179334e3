import LovageCore
import LovageStore

extension StoreContract {
    /// Does `change` while somebody listens to `topic`; answers what `look` saw once it was woken.
    ///
    /// A store that does not wake leaves the case waiting: tests run it under a time limit.
    private static func woken<Seen: Sendable>(
        by topic: WakeTopic, _ bench: Bench, _ look: @escaping @Sendable (any Store) async throws -> Seen,
        when change: () async throws -> Void
    ) async throws -> Seen {
        let store = bench.store
        let wakeUps = store.wakeUps.listen(to: [topic])
        async let seen: Seen = {
            for await _ in wakeUps { break }
            return try await look(store)
        }()
        try await change()
        return try await seen
    }

    static let wakeUps = [
        StoreContract("whoever waits for a job is woken after its change is stored") { bench in
            let job = try await bench.running(bench.worker())
            let seen = try await woken(by: .job(job.id), bench) {
                try await $0.job(job.id)
            } when: {
                try await bench.reported(job, .succeeded(.emptyObject))
            }
            try expect(seen?.result, is: .emptyObject, "what the woken one sees")
        },
        StoreContract("workers are woken when a job is submitted") { bench in
            let seen = try await woken(by: .work, bench) {
                try await $0.jobs(JobFilter(state: .ready), page: PageRequest()).items.count
            } when: {
                _ = try await bench.submit()
            }
            try expect(seen, is: 1, "the ready jobs")
        },
        StoreContract("workers are woken for what a claim that waits has left") { bench in
            let request = bench.request(try await bench.worker(), 1)
            // Which of them comes first must not matter, and is not always the same.
            for _ in 0..<20 {
                let store = bench.store
                async let claimed = store.claim(request, waiting: ClaimTicket())
                for _ in 0..<20 { await Task.yield() }
                let left = try await woken(by: .work, bench) {
                    try await $0.jobs(JobFilter(state: .ready), page: PageRequest()).items.count
                } when: {
                    _ = try await store.submit((0..<3).map { _ in try bench.submission() })
                }
                try expect(left >= 2, "the ready jobs are \(left)")
                try expect(try await claimed.count, is: 1, "what was claimed")
                _ = try await store.purge("default", upTo: 10)
            }
        },
        StoreContract("workers are woken for what a report that claims has left") { bench in
            let worker = try await bench.worker()
            _ = try await bench.start([.run("a"), .run("b", needs: ["a"]), .run("c", needs: ["a"])])
            let first = try await bench.claimOne(worker)
            let left = try await woken(by: .work, bench) {
                try await $0.jobs(JobFilter(state: .ready), page: PageRequest()).items.count
            } when: {
                try expect(
                    try await bench.reportAndClaim(first, .succeeded(nil), worker).jobs.count, is: 1, "what it takes")
            }
            try expect(left, is: 1, "the ready jobs")
        },
        StoreContract("workers are woken when a delayed job becomes ready") { bench in
            _ = try await bench.submit("work", "{}", JobOptions(start: .after(.seconds(1))))
            bench.clock.advance(by: .seconds(1))
            let seen = try await woken(by: .work, bench) {
                try await $0.jobs(JobFilter(state: .ready), page: PageRequest()).items.count
            } when: {
                _ = try await bench.store.promote(upTo: 10)
            }
            try expect(seen, is: 1, "the ready jobs")
        },
        StoreContract("workers are woken when a queue is resumed, a job is retried by hand or a lease is lost") {
            bench in
            try await bench.store.set(QueueSettings(isPaused: true), for: "default")
            let paused = try await woken(by: .work, bench) {
                try await $0.settings(of: "default").isPaused
            } when: {
                try await bench.store.set(QueueSettings(), for: "default")
            }
            try expect(!paused, "the queue is resumed")
            let worker = try await bench.worker()
            let job = try await bench.running(worker)
            let lost = try await woken(by: .work, bench) {
                try await $0.job(job.id)?.state
            } when: {
                try await bench.store.retire(worker)
            }
            try expect(lost, is: .ready, "the lost job")
            try await bench.cancel(job.id)
            let retried = try await woken(by: .work, bench) {
                try await $0.job(job.id)?.state
            } when: {
                try await bench.apply(job.id, .retried(held: false))
            }
            try expect(retried, is: .ready, "the retried job")
        },
        StoreContract("a worker is woken when one of its jobs is taken from it") { bench in
            let worker = try await bench.worker()
            let job = try await bench.running(worker, JobOptions(deadline: .seconds(5)))
            let other = try await bench.running(worker)
            let cancelled = try await woken(by: .worker(worker), bench) {
                try await $0.job(other.id)?.outcome?.name
            } when: {
                try await bench.cancel(other.id)
            }
            try expect(cancelled, is: .cancelled, "the cancelled job")
            bench.clock.advance(by: .seconds(5))
            let late = try await woken(by: .worker(worker), bench) {
                try await $0.job(job.id)?.outcome
            } when: {
                _ = try await bench.store.sweep(upTo: 10)
            }
            try expect(late, is: .failed(.deadline), "the job past its deadline")
        },
        StoreContract("whoever waits for room in a queue, or for its end, is woken when a job leaves it") { bench in
            let worker = try await bench.worker()
            _ = try await bench.submit()
            let waiting = try await woken(by: .queue("default"), bench) {
                try await $0.queues().first?.waiting
            } when: {
                _ = try await bench.claimOne(worker)
            }
            try expect(waiting, is: 0, "the waiting jobs once it was claimed")
            let job = try await bench.running(worker)
            let running = try await woken(by: .queue("default"), bench) {
                try await $0.queues().first?.running
            } when: {
                try await bench.reported(job, .succeeded(nil))
            }
            try expect(running, is: 1, "the running jobs once it ended")
            _ = try await bench.submit()
            let left = try await woken(by: .queue("default"), bench) {
                try await $0.queues().first?.waiting
            } when: {
                _ = try await bench.store.purge("default", upTo: 10)
            }
            try expect(left, is: 0, "the waiting jobs once they were purged")
        },
        StoreContract("whoever waits for room is woken when the bound is raised") { bench in
            try await bench.store.set(QueueSettings(capacity: 0), for: "default")
            let capacity = try await woken(by: .queue("default"), bench) {
                try await $0.settings(of: "default").capacity
            } when: {
                try await bench.store.set(QueueSettings(capacity: 5), for: "default")
            }
            try expect(capacity, is: 5, "the bound")
        },
        StoreContract("timers are woken when a job is suspended until a time: a delay, a retry") { bench in
            let worker = try await bench.worker()
            let look: @Sendable (any Store) async throws -> Int = {
                try await $0.jobs(JobFilter(state: .suspended), page: PageRequest()).items.count
            }
            let delayed = try await woken(by: .timers, bench, look) {
                _ = try await bench.submit("work", "{}", JobOptions(start: .after(.seconds(5))))
            }
            try expect(delayed, is: 1, "the suspended jobs after a delay was set")
            let retry = JobOptions(retry: RetryPolicy(retries: 1, backoff: .fixed(.seconds(5))))
            let job = try await bench.running(worker, retry)
            let retried = try await woken(by: .timers, bench, look) { try await bench.report(job, .failed(.sample)) }
            try expect(retried, is: 2, "the suspended jobs after a retry was set")
        },
    ]
}
