import LovageCore
import LovageStore

// Claims that take jobs a little ahead of their time, when there is nothing else to do.

extension StoreContract {
    static let claimsAhead = [
        StoreContract("a claim that looks ahead takes a job that is due soon, for its time") { bench in
            let worker = try await bench.worker()
            let id = try await bench.submit(after: .seconds(10))
            let due = bench.now.store + .seconds(10)
            try expect(try await bench.claimAhead(worker, by: .zero), is: [], "without looking ahead")
            let little = Duration.seconds(10) - .microseconds(1)
            try expect(try await bench.claimAhead(worker, by: little), is: [], "too little ahead")
            let jobs = try await bench.store.claim(bench.aheadRequest(worker, by: .seconds(10)))
            let job = try require(jobs.first, "it is claimed")
            try expect(job.id, is: id, "which one")
            let lease = Lease(worker: worker, claimed: due, started: nil, expires: bench.now.store + Bench.lease)
            try expect(job.state, is: .running(lease), "its lease begins at its time")
            try expect(try await bench.job(id), is: job, "it is stored")
            try expect(try await bench.store.promote(upTo: 10).promoted, is: 0, "nothing waits for its time any more")
            bench.clock.advance(by: .seconds(11))
            let done = try await bench.reported(job, .succeeded(nil))
            try expect(done.started, is: bench.now.store, "its start, which nobody confirmed")
            let attempt = try require(try await bench.store.attempts(of: id).first, "its attempt is stored")
            try expect(attempt.claimed, is: due, "when the attempt was claimed")
        },
        StoreContract("what is ready goes before what will be, however much is asked for") { bench in
            let worker = try await bench.worker()
            let later = try await bench.submit(after: .seconds(1))
            let ready = try await bench.submit()
            try expect(try await bench.claimAhead(worker, by: .seconds(5)), is: [ready], "at first")
            try expect(try await bench.claimAhead(worker, by: .seconds(5)), is: [later], "then")
        },
        StoreContract("jobs are taken ahead in the order of their times, those of the store's clock first") { bench in
            let worker = try await bench.worker()
            let atWall = try await bench.submit("work", "{}", JobOptions(start: .at(bench.now.wall + .seconds(1))))
            let third = try await bench.submit(after: .seconds(4))
            let first = try await bench.submit(after: .seconds(2))
            let second = try await bench.submit(after: .seconds(3))
            try expect(
                try await bench.claimAhead(worker, by: .seconds(5), upTo: 2), is: [first, second], "two of four")
            try expect(try await bench.claimAhead(worker, by: .seconds(5)), is: [third, atWall], "what is left")
        },
        StoreContract("a moment of civil time begins when the wall clock will read it, as it runs now") { bench in
            let worker = try await bench.worker()
            let due = bench.now.wall + .seconds(100)
            _ = try await bench.submit("work", "{}", JobOptions(start: .at(due)))
            bench.clock.jumpWall(by: .seconds(97))
            let begins = try await bench.claimOneAhead(worker, by: .seconds(5))
            try expect(begins, is: bench.now.store + .seconds(3), "when it begins")
        },
        StoreContract("a job taken ahead that comes back before its time waits for it again") { bench in
            let worker = try await bench.worker()
            let id = try await bench.submit(after: .seconds(10))
            let due = bench.now.store + .seconds(10)
            let request = bench.aheadRequest(worker, by: .seconds(10))
            let handedBack = try require(try await bench.store.claim(request).first, "it is claimed")
            try await bench.reported(handedBack, .handedBack)
            try expect(try await bench.job(id).state, is: .suspended(.until(due)), "handed back")
            try expect(try await bench.store.claim(request).map(\.id), is: [id], "claimed again")
            try await bench.store.retire(worker)
            let lost = try await bench.job(id)
            try expect(lost.state, is: .suspended(.until(due)), "lost")
            try expect(lost.used.unstarted, is: 1, "what that cost")
            let next = try await bench.store.promote(upTo: 10)
            try expect(next, is: Promotion(promoted: 0, nextStoreTime: due, nextWallTime: nil), "the promotion")
            bench.clock.advance(by: .seconds(10))
            try expect(try await bench.store.promote(upTo: 10).promoted, is: 1, "at its time")
        },
        StoreContract("the wait before a retry may be cut off for a claim, not for its attempt") { bench in
            let worker = try await bench.worker()
            let retry = RetryPolicy(retries: 1, backoff: .fixed(.seconds(9)))
            let job = try await bench.running(worker, JobOptions(retry: retry))
            try await bench.reported(job, .failed(.sample))
            let begins = try await bench.claimOneAhead(worker, by: .seconds(9))
            try expect(begins, is: bench.now.store + .seconds(9), "when it begins")
        },
        StoreContract("nothing is taken ahead that could not be claimed at its time") { bench in
            let worker = try await bench.worker()
            let soon = JobOptions.Start.after(.seconds(3))
            _ = try await bench.submit("other", "{}", JobOptions(start: soon))
            _ = try await bench.submit("work", "{}", JobOptions(queue: "elsewhere", start: soon))
            _ = try await bench.submit("work", "{}", JobOptions(start: soon, startWithin: .seconds(3)))
            _ = try await bench.submit("work", "{}", JobOptions(start: soon, deadline: .seconds(3)))
            try expect(try await bench.claimAhead(worker, by: .seconds(5)), is: [], "what it may not have")
            let id = try await bench.submit(after: .seconds(3))
            try await bench.store.set(QueueSettings(isPaused: true), for: "default")
            try expect(try await bench.claimAhead(worker, by: .seconds(5)), is: [], "of a paused queue")
            try await bench.store.set(QueueSettings(), for: "default")
            try expect(try await bench.claimAhead(worker, by: .seconds(5)), is: [id], "of an open one")
        },
        StoreContract("a claim that waits takes a job ahead when the store is asked what is due") { bench in
            let store = bench.store
            let request = bench.aheadRequest(try await bench.worker(), by: .seconds(2))
            // Whether the claim or the question comes first must not matter, and is not always the same.
            for _ in 0..<20 {
                let id = try await bench.submit(after: .seconds(10))
                let due = bench.now.store + .seconds(10)
                async let claimed = store.claim(request, waiting: ClaimTicket())
                for _ in 0..<20 { await Task.yield() }
                bench.clock.advance(by: .seconds(8))
                let promotion = try await store.promote(upTo: 10)
                try expect(promotion.promoted, is: 0, "what is due")
                let job = try require(try await claimed.first, "it is claimed")
                try expect(job.id, is: id, "which one")
                try expect(try bench.beginning(of: job), is: due, "when it begins")
                let next = try await store.promote(upTo: 10)
                try expect(next, is: Promotion(promoted: 0, nextStoreTime: nil, nextWallTime: nil), "what is left")
                bench.clock.advance(by: .seconds(2))
                try await bench.reported(job, .succeeded(nil))
            }
        },
        StoreContract("a report that claims looks ahead as well") { bench in
            let worker = try await bench.worker()
            let job = try await bench.running(worker)
            let id = try await bench.submit(after: .seconds(2))
            let end = JobChange(job.id, .reported(fence: job.fence, .succeeded(nil), entropy: 0))
            let next = try await bench.store.reportAndClaim([end], for: bench.aheadRequest(worker, by: .seconds(2)))
            try expect(next.jobs.map(\.id), is: [id], "what it goes on with")
        },
    ]
}

extension Bench {
    fileprivate func submit(after delay: Duration) async throws -> JobID {
        try await submit("work", "{}", JobOptions(start: .after(delay)))
    }

    fileprivate func aheadRequest(_ worker: WorkerID, by ahead: Duration, upTo limit: Int = 4) -> ClaimRequest {
        var request = request(worker, limit)
        request.ahead = ahead
        return request
    }

    fileprivate func claimAhead(_ worker: WorkerID, by ahead: Duration, upTo limit: Int = 4) async throws -> [JobID] {
        try await store.claim(aheadRequest(worker, by: ahead, upTo: limit)).map(\.id)
    }

    /// Claims one job, which must be there; answers when its attempt may begin.
    fileprivate func claimOneAhead(_ worker: WorkerID, by ahead: Duration) async throws -> StoreTime {
        let jobs = try await store.claim(aheadRequest(worker, by: ahead, upTo: 1))
        return try beginning(of: require(jobs.first, "a job can be claimed"))
    }

    fileprivate func beginning(of job: Job) throws -> StoreTime {
        guard case .running(let lease) = job.state else {
            throw ContractViolation(sentence: "it runs", file: #fileID, line: #line)
        }
        return lease.claimed
    }
}
