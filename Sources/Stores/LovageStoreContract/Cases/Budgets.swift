import LovageCore
import LovageStore

extension StoreContract {
    private static func retrying(_ retries: Int, after wait: Duration = .zero) -> JobOptions {
        JobOptions(retry: RetryPolicy(retries: retries, backoff: .fixed(wait)))
    }

    static let budgets = [
        StoreContract("two retries allow three failed attempts, then the job fails with the last failure") { bench in
            let worker = try await bench.worker()
            let id = try await bench.submit("work", "{}", retrying(2))
            for attempt in 1...3 {
                let job = try await bench.claimOne(worker)
                try expect(job.attempts, is: attempt, "the attempt")
                let failure = Failure(kind: "exit \(attempt)", message: "attempt \(attempt)")
                try await bench.reported(job, .failed(failure))
            }
            let job = try await bench.job(id)
            try expect(job.outcome, is: .failed(.error), "its outcome")
            try expect(job.failure, is: Failure(kind: "exit 3", message: "attempt 3"), "its failure")
            try expect(job.used.failed, is: 3, "what it used")
            try expect(try await bench.claim(worker), is: [], "nothing is left to claim")
        },
        StoreContract("an attempt that timed out counts as a failed one and names the outcome") { bench in
            let worker = try await bench.worker()
            let first = try await bench.running(worker, retrying(1))
            try await bench.reported(first, .failed(.sample))
            let second = try await bench.claimOne(worker)
            let ended = try await bench.reported(second, .timedOut(Failure(kind: "timeout", message: "10 s")))
            try expect(ended.outcome, is: .failed(.timedOut), "its outcome")
            try expect(ended.used.failed, is: 2, "what it used")
        },
        StoreContract("a failure that says never again is final") { bench in
            let job = try await bench.running(bench.worker(), retrying(5))
            let failure = Failure(kind: "bad input", message: "no such user", isRetryable: false)
            let ended = try await bench.reported(job, .failed(failure))
            try expect(ended.outcome, is: .failed(.error), "its outcome")
            try expect(try await bench.job(job.id).failure, is: failure, "its failure")
        },
        StoreContract("a rule for one kind of failure replaces the policy for it") { bench in
            let worker = try await bench.worker()
            let policy = RetryPolicy(
                retries: 5, backoff: .fixed(.zero),
                rules: ["fatal": .never, "slow": .retry(retries: 5, backoff: .fixed(.seconds(60)))])
            let first = try await bench.running(worker, JobOptions(retry: policy))
            let waiting = try await bench.reported(first, .failed(Failure(kind: "slow", message: "")))
            try expect(
                waiting.state, is: .suspended(.retry(bench.now.store + .seconds(60))), "it waits as its rule says")
            let second = try await bench.running(worker, JobOptions(retry: policy))
            let ended = try await bench.reported(second, .failed(Failure(kind: "fatal", message: "")))
            try expect(ended.outcome, is: .failed(.error), "the fatal one ends")
        },
        StoreContract("a retry waits as long as its policy says, by the store's clock") { bench in
            let worker = try await bench.worker()
            let job = try await bench.running(worker, retrying(1, after: .seconds(60)))
            let waiting = try await bench.reported(job, .failed(.sample))
            try expect(waiting.state, is: .suspended(.retry(bench.now.store + .seconds(60))), "its state")
            bench.clock.advance(by: .seconds(60) - .microseconds(1))
            _ = try await bench.store.promote(upTo: 10)
            try expect(try await bench.claim(worker), is: [], "not before its time")
            bench.clock.advance(by: .microseconds(1))
            _ = try await bench.store.promote(upTo: 10)
            try expect(try await bench.claim(worker).map(\.id), is: [job.id], "at its time")
        },
        StoreContract("the wait before a retry follows from the entropy of the report") { bench in
            let worker = try await bench.worker()
            let policy = RetryPolicy(
                retries: 1, backoff: .exponential(base: .seconds(100), cap: .seconds(100), jitter: true))
            let job = try await bench.running(worker, JobOptions(retry: policy))
            let entropy: UInt64 = 1 << 63
            let expected = try require(
                policy.delay(afterFailure: 1, errorKind: nil, entropy: entropy), "the policy allows a retry")
            let waiting = try bench.changed(await bench.report(job, .failed(.sample), entropy: entropy))
            try expect(waiting.state, is: .suspended(.retry(bench.now.store + expected)), "its state")
        },
        StoreContract("a snooze waits and uses no budget") { bench in
            let worker = try await bench.worker()
            let id = try await bench.submit("work", "{}", retrying(0))
            for _ in 0..<5 {
                let job = try await bench.claimOne(worker)
                let waiting = try await bench.reported(job, .snoozed(.seconds(10)))
                try expect(waiting.state, is: .suspended(.until(bench.now.store + .seconds(10))), "its state")
                bench.clock.advance(by: .seconds(10))
                _ = try await bench.store.promote(upTo: 10)
            }
            let job = try await bench.job(id)
            try expect(job.used, is: Job.Budgets(), "what it used")
            try expect(job.attempts, is: 5, "its attempts")
        },
        StoreContract("handing back uses no budget") { bench in
            let worker = try await bench.worker()
            let id = try await bench.submit()
            for _ in 0..<20 { try await bench.reported(bench.claimOne(worker, starting: 0), .handedBack) }
            try expect(try await bench.job(id).used, is: Job.Budgets(), "what it used")
        },
        StoreContract("a job lost three times after its start is quarantined") { bench in
            let id = try await bench.submit("work", "{}", retrying(9))
            for loss in 1...3 {
                let worker = try await bench.worker()
                _ = try await bench.claimOne(worker)
                try await bench.store.retire(worker)
                try expect(try await bench.job(id).used.crashed, is: loss, "what it used")
            }
            try expect(try await bench.job(id).outcome, is: .failed(.quarantined), "its outcome")
        },
        StoreContract("a job lost ten times before its start never started") { bench in
            let id = try await bench.submit()
            for _ in 1...10 {
                let worker = try await bench.worker()
                _ = try await bench.claimOne(worker, starting: 0)
                bench.clock.advance(by: Bench.lease)
                try expect(try await bench.store.sweep(upTo: 10), is: 1, "what the sweep ended")
            }
            let job = try await bench.job(id)
            try expect(job.outcome, is: .failed(.neverStarted), "its outcome")
            try expect(job.used.unstarted, is: 10, "what it used")
        },
        StoreContract("the three budgets are counted apart") { bench in
            let worker = try await bench.worker()
            let options = JobOptions(
                retry: RetryPolicy(retries: 1, backoff: .fixed(.zero)), crashLimit: 2, unstartedLimit: 2)
            let id = try await bench.submit("work", "{}", options)
            try await bench.reported(bench.claimOne(worker), .failed(.sample))
            for starting in [1, 0] {
                let doomed = try await bench.worker()
                _ = try await bench.claimOne(doomed, starting: starting)
                try await bench.store.retire(doomed)
            }
            let job = try await bench.claimOne(worker)
            try expect(
                [job.used.failed, job.used.crashed, job.used.unstarted], is: [1, 1, 1], "one of each is used")
            try expect(try await bench.reported(job, .succeeded(nil)).id, is: id, "and it may still succeed")
        },
    ]
}
