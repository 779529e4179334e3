import LovageCore
import LovageStore

// A worker that reports and goes on in one commit.

extension StoreContract {
    static let reportingAndClaiming = [
        StoreContract("a report with a claim stores what is reported, and takes what is ready") { bench in
            let worker = try await bench.worker()
            let job = try await bench.running(worker)
            let waiting = try await bench.submit()
            bench.clock.advance(by: .seconds(2))
            let next = try await bench.reportAndClaim(job, .succeeded(.emptyObject), worker)
            let ended = try bench.changed(try require(next.answers.first, "an answer"))
            try expect(ended.outcome, is: .succeeded, "how the first one ended")
            try expect(try await bench.job(job.id), is: ended, "what is stored is what was answered")
            let taken = try require(next.jobs.first, "a job is taken")
            try expect(taken.id, is: waiting, "which one")
            try expect(try await bench.job(waiting), is: taken, "the claim is stored")
            guard case .running(let lease) = taken.state else { return try expect(false, "it runs") }
            try expect(lease.worker, is: worker, "who holds it")
            try expect(lease.started, is: bench.now.store, "when it started")
            try expect(lease.expires, is: bench.now.store + Bench.lease, "when its lease ends")
        },
        StoreContract("a report with a claim may take what it made ready itself") { bench in
            let worker = try await bench.worker()
            let run = try await bench.start([.run("a"), .run("b", needs: ["a"])])
            let first = try await bench.claimOne(worker)
            let next = try await bench.reportAndClaim(first, .succeeded(nil), worker)
            try expect(next.jobs.map(\.id), is: [try await bench.member(run, "b").id], "what is taken")
            try expect(next.jobs.map(\.state.name), is: [.running], "its state")
        },
        StoreContract("a report with a claim takes best first, no more than its limit and nothing it did not ask for") {
            bench in
            let worker = try await bench.worker()
            let job = try await bench.running(worker)
            _ = try await bench.submit("other", "{}", JobOptions(priority: 9))
            let low = try await bench.submit()
            let high = try await bench.submit("work", "{}", JobOptions(priority: 1))
            let next = try await bench.reportAndClaim(job, .succeeded(nil), worker)
            try expect(next.jobs.map(\.id), is: [high], "what is taken")
            try expect(try await bench.job(low).state, is: .ready, "what is left")
        },
        StoreContract("a report with a claim that takes nothing is stored") { bench in
            let worker = try await bench.worker()
            let job = try await bench.running(worker)
            let next = try await bench.reportAndClaim(job, .succeeded(nil), worker)
            try expect(next.jobs, is: [], "what is taken")
            try expect(try await bench.job(job.id).outcome, is: .succeeded, "how it ended")
        },
        StoreContract("a stale report with a claim takes jobs all the same, and is counted") { bench in
            let first = try await bench.worker("first")
            let lost = try await bench.running(first)
            try await bench.store.retire(first)
            let next = try await bench.reportAndClaim(lost, .succeeded(nil), bench.worker("second"))
            try expect(next.answers, is: [.stale], "the answer")
            try expect(next.jobs.map(\.id), is: [lost.id], "what is taken: the job it had lost")
            try expect(await bench.store.health().staleWrites, is: 1, "what was refused")
        },
        StoreContract("a job that is handed back may be taken with the same report, as another attempt") { bench in
            let worker = try await bench.worker()
            let job = try await bench.running(worker)
            let next = try await bench.reportAndClaim(job, .handedBack, worker)
            let taken = try require(next.jobs.first, "a job is taken")
            try expect(taken.id, is: job.id, "which one")
            try expect(taken.fence > job.fence, "the fence grows")
            try expect(try await bench.store.attempts(of: job.id).map(\.end), is: [.handedBack, nil], "its attempts")
        },
        StoreContract("a claim that waits gets what a report made ready and left") { bench in
            let (worker, other) = (try await bench.worker("first"), try await bench.worker("second"))
            let run = try await bench.start([.run("a"), .run("b", needs: ["a"]), .run("c", needs: ["a"])])
            let first = try await bench.claimOne(worker)
            let store = bench.store
            let request = bench.request(other, 4)
            async let waiting = store.claim(request, waiting: ClaimTicket())
            let next = try await bench.reportAndClaim(first, .succeeded(nil), worker)
            let claimed = try await waiting
            let members = [try await bench.member(run, "b").id, try await bench.member(run, "c").id]
            try expect(next.jobs.count, is: 1, "how many the report takes")
            try expect(claimed.count, is: 1, "how many the claim takes")
            try expect(Set((next.jobs + claimed).map(\.id)), is: Set(members), "which ones")
        },
    ]
}

extension Bench {
    /// Reports the end of `job`, and takes one job of the kind "work" for `worker`.
    func reportAndClaim(_ job: Job, _ report: AttemptReport, _ worker: WorkerID) async throws -> NextWork {
        let change = JobChange(job.id, .reported(fence: job.fence, report, entropy: 0))
        return try await store.reportAndClaim([change], for: request(worker, 1))
    }
}
