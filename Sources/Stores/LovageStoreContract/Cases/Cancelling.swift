import LovageCore
import LovageStore

extension StoreContract {
    static let cancelling = [
        StoreContract("a suspended or ready job that is cancelled is over, with the reason") { bench in
            let delayed = try await bench.submit("work", "{}", JobOptions(start: .after(.seconds(60))))
            let ready = try await bench.submit()
            for id in [delayed, ready] {
                let job = try await bench.cancel(id)
                try expect(job.outcome, is: .cancelled(.requested("no longer wanted")), "its outcome")
                try expect(job.finished, is: bench.now.store, "when it ended")
                try expect(try await bench.job(id), is: job, "what is stored is what was answered")
            }
            try expect(try await bench.claim(bench.worker()), is: [], "nothing is left to claim")
        },
        StoreContract("a cancel of a running job is effective when it returns: the fence is dead") { bench in
            let worker = try await bench.worker()
            let job = try await bench.running(worker)
            bench.clock.advance(by: .seconds(1))
            let cancelled = try await bench.cancel(job.id)
            try expect(cancelled.fence > job.fence, "the fence grows")
            try expect(try await bench.report(job, .succeeded(.emptyObject)), is: .stale, "its worker's report")
            let attempts = try await bench.store.attempts(of: job.id)
            try expect(attempts.map(\.end), is: [.cancelled], "how the attempt ended")
            try expect(attempts.map(\.ended), is: [bench.now.store], "when it ended")
            try expect(try await bench.job(job.id), is: cancelled, "the job")
        },
        StoreContract("a job that is over is not cancelled") { bench in
            let job = try await bench.running(bench.worker())
            let ended = try await bench.reported(job, .succeeded(.emptyObject))
            let answer = try await bench.apply(job.id, .cancelled(.requested("too late")))
            try expect(answer, is: .unchanged(ended), "the answer")
        },
        StoreContract("a job that waits for its retry can be cancelled and is not tried again") { bench in
            let worker = try await bench.worker()
            let retry = RetryPolicy(retries: 1, backoff: .fixed(.seconds(5)))
            let job = try await bench.running(worker, JobOptions(retry: retry))
            try await bench.reported(job, .failed(.sample))
            try await bench.cancel(job.id)
            bench.clock.advance(by: .seconds(5))
            try expect(try await bench.store.promote(upTo: 10).promoted, is: 0, "promoted")
            try expect(try await bench.claim(worker), is: [], "claimed")
        },
        StoreContract("a purge cancels what waits in one queue, oldest first, and leaves what runs") { bench in
            let worker = try await bench.worker()
            let running = try await bench.running(worker)
            let ready = try await bench.submit()
            let delayed = try await bench.submit("work", "{}", JobOptions(start: .after(.seconds(60))))
            let last = try await bench.submit("work", "{}", JobOptions(priority: 9))
            let elsewhere = try await bench.submit("work", "{}", JobOptions(queue: "other"))
            try expect(try await bench.store.purge("default", upTo: 2), is: 2, "the first slice")
            for id in [ready, delayed] {
                try expect(try await bench.job(id).outcome, is: .cancelled(.purged), "the outcome of the oldest")
            }
            try expect(try await bench.job(last).state, is: .ready, "the youngest waits")
            try expect(try await bench.store.purge("default", upTo: 10), is: 1, "the second slice")
            try expect(try await bench.store.purge("default", upTo: 10), is: 0, "the third slice")
            try expect(try await bench.job(running.id).state.name, is: .running, "what runs goes on")
            try expect(try await bench.job(elsewhere).state, is: .ready, "another queue is untouched")
        },
    ]

    static let retrying = [
        StoreContract("a manual retry opens a new generation of the same job, with fresh budgets") { bench in
            let worker = try await bench.worker()
            let job = try await bench.running(worker)
            try await bench.reported(job, .failed(.sample))
            let again = try bench.changed(await bench.apply(job.id, .retried(held: false)))
            try expect(again.state, is: .ready, "its state")
            try expect(again.generation, is: 2, "its generation")
            try expect(again.used, is: Job.Budgets(), "what it used")
            try expect(again.fence > job.fence, "the fence grows")
            try expect(
                [again.failure == nil, again.started == nil, again.finished == nil], is: [true, true, true],
                "the past is gone")
            let second = try await bench.claimOne(worker)
            try expect(second.attempts, is: 2, "attempts are counted on")
            try await bench.reported(second, .succeeded(.emptyObject))
            let attempts = try await bench.store.attempts(of: job.id)
            try expect(attempts.map(\.generation), is: [1, 2], "the generations of its attempts")
            try expect(attempts.map(\.number), is: [1, 2], "their numbers")
            try expect(attempts.map(\.end), is: [.failed(.sample), .succeeded(.emptyObject)], "their ends")
        },
        StoreContract("a retry by hand keeps the version that ran, or takes the one that is named, with its limits") {
            bench in
            let worker = try await bench.worker()
            let options = JobOptions(hardLimit: .seconds(9), retry: RetryPolicy(retries: 0))
            var sent = try bench.submission("work", "{}", options)
            sent.definition = 1
            _ = try await bench.store.submit([sent])
            try await bench.reported(bench.claimOne(worker), .failed(.sample))
            let kept = try bench.changed(await bench.apply(sent.id, .retried(held: false)))
            try expect(kept.definition, is: 1, "the version of a plain retry")
            try await bench.reported(bench.claimOne(worker), .failed(.sample))
            let newer = JobOptions(queue: "elsewhere", hardLimit: .seconds(60), retry: RetryPolicy(retries: 4))
            let version = JobVersion(definition: 2, of: kept, from: JobOptions(hardLimit: .seconds(9)), to: newer)
            let again = try bench.changed(await bench.apply(sent.id, .retried(held: false, version: version)))
            try expect(again.definition, is: 2, "the version")
            try expect(again.options.hardLimit, is: .seconds(60), "its limit")
            try expect(again.options.retry.retries, is: 4, "its retries")
            try expect(again.queue, is: "default", "the line it stands in")
            let claimed = try await bench.claimOne(worker)
            try expect(claimed.definition, is: 2, "what the worker is told")
            try expect(claimed.options, is: again.options, "with which options")
            try expect(try await bench.job(sent.id).definition, is: 2, "what is stored")
        },
        StoreContract("a report of an earlier generation is stale") { bench in
            let job = try await bench.running(bench.worker())
            try await bench.reported(job, .succeeded(nil))
            try await bench.apply(job.id, .retried(held: false))
            try expect(try await bench.report(job, .succeeded(nil)), is: .stale, "the answer")
        },
        StoreContract("a job that is not over is not retried by hand") { bench in
            let id = try await bench.submit()
            let ready = try await bench.apply(id, .retried(held: false))
            try expect(ready, is: .unchanged(try await bench.job(id)), "while ready")
            let job = try await bench.claimOne(bench.worker())
            try expect(try await bench.apply(id, .retried(held: false)), is: .unchanged(job), "while running")
        },
        StoreContract("a retried job goes to the back of its queue, whatever delay it was submitted with") { bench in
            let worker = try await bench.worker()
            let delayed = JobOptions(start: .after(.seconds(60)))
            let id = try await bench.submit("work", "{}", delayed)
            try await bench.cancel(id)
            let other = try await bench.submit()
            try await bench.apply(id, .retried(held: false))
            try expect(try await bench.claim(worker).map(\.id), is: [other, id], "the order")
        },
        StoreContract("the start window and the deadline of the first generation do not bind a retry") { bench in
            let id = try await bench.submit("work", "{}", JobOptions(startWithin: .seconds(1), deadline: .seconds(2)))
            bench.clock.advance(by: .seconds(5))
            _ = try await bench.store.sweep(upTo: 10)
            try expect(try await bench.job(id).outcome, is: .expired, "its first outcome")
            try await bench.apply(id, .retried(held: false))
            try expect(try await bench.store.sweep(upTo: 10), is: 0, "what the sweep ended")
            try expect(try await bench.claim(bench.worker()).map(\.id), is: [id], "it can be claimed")
        },
    ]

    static let attempts = [
        StoreContract("every attempt has exactly one end, and numbers and fences that only grow") { bench in
            let worker = try await bench.worker(lease: .seconds(3_600))
            let id = try await bench.submit(
                "work", "{}", JobOptions(retry: RetryPolicy(retries: 3, backoff: .fixed(.zero)), crashLimit: 9))
            let reports: [AttemptReport] = [
                .handedBack, .failed(.sample), .snoozed(.zero), .timedOut(.sample), .succeeded(nil),
            ]
            for report in reports {
                let job = try await bench.claimOne(worker)
                bench.clock.advance(by: .seconds(1))
                try await bench.reported(job, report)
                try await bench.report(job, .succeeded(.emptyObject))
            }
            try await bench.apply(id, .retried(held: false))
            let last = try await bench.claimOne(worker)
            try await bench.cancel(id)
            try await bench.report(last, .succeeded(nil))
            let attempts = try await bench.store.attempts(of: id)
            let ends: [AttemptEnd?] = reports.map(\.end) + [.cancelled]
            try expect(attempts.map(\.end), is: ends, "their ends")
            try expect(attempts.map(\.number), is: Array(1...6), "their numbers")
            try expect(zip(attempts, attempts.dropFirst()).allSatisfy { $0.fence < $1.fence }, "their fences grow")
            try expect(attempts.allSatisfy { $0.worker == worker && $0.ended != nil }, "all are over")
        },
        StoreContract("an attempt that runs has no end yet") { bench in
            let worker = try await bench.worker()
            let job = try await bench.running(worker)
            let attempt = Attempt(
                number: 1, generation: 1, fence: job.fence, worker: worker, claimed: bench.now.store,
                started: bench.now.store)
            try expect(try await bench.store.attempts(of: job.id), is: [attempt], "its attempts")
        },
        StoreContract("a failure is kept with its attempt, byte for byte") { bench in
            let failure = Failure(kind: "exit 7", message: "zeile\n\"ü\" \u{0}😀", isRetryable: true)
            let job = try await bench.running(bench.worker())
            try await bench.reported(job, .timedOut(failure))
            let attempts = try await bench.store.attempts(of: job.id)
            try expect(attempts.map(\.end), is: [.timedOut(failure)], "how the attempt ended")
        },
    ]
}
