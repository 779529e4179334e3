import LovageCore
import LovageStore

extension StoreContract {
    static let leases = [
        StoreContract("a renewal extends every lease of the worker") { bench in
            let worker = try await bench.worker()
            let jobs = [try await bench.running(worker), try await bench.running(worker)]
            bench.clock.advance(by: .seconds(20))
            let lost = try await bench.store.renew(
                worker, lease: Bench.lease, holding: jobs.map { Hold(id: $0.id, fence: $0.fence) })
            try expect(lost, is: [], "it holds them all")
            bench.clock.advance(by: .seconds(29))
            try expect(try await bench.store.sweep(upTo: 10), is: 0, "nothing is swept")
            for job in jobs {
                guard case .running(let lease) = try await bench.job(job.id).state else {
                    throw ContractViolation(sentence: "the job runs", file: #fileID, line: #line)
                }
                try expect(lease.expires, is: bench.now.store + .seconds(1), "when the lease ends")
            }
        },
        StoreContract("a renewal does not touch another worker's leases") { bench in
            let dead = try await bench.worker("dead")
            let job = try await bench.running(dead)
            let alive = try await bench.worker("alive")
            bench.clock.advance(by: .seconds(20))
            _ = try await bench.store.renew(alive, lease: Bench.lease, holding: [])
            bench.clock.advance(by: .seconds(10))
            try expect(try await bench.store.sweep(upTo: 10), is: 1, "the dead worker's job is swept")
            try expect(try await bench.job(job.id).state, is: .ready, "its state")
        },
        StoreContract("a claim gives its jobs a lease of their own, and renews no other") { bench in
            let worker = try await bench.worker()
            let first = try await bench.running(worker)
            bench.clock.advance(by: .seconds(20))
            let second = try await bench.running(worker)
            bench.clock.advance(by: .seconds(20))
            try expect(try await bench.store.sweep(upTo: 10), is: 1, "what the sweep took")
            try expect(try await bench.job(first.id).state, is: .ready, "the first one")
            try expect(try await bench.job(second.id), is: second, "the second one")
            bench.clock.advance(by: .seconds(10))
            try expect(try await bench.store.sweep(upTo: 10), is: 1, "what the next sweep took")
            try expect(try await bench.job(second.id).state, is: .ready, "the second one")
        },
        StoreContract("a lease that ran out gives the job back, with the loss recorded") { bench in
            let job = try await bench.running(bench.worker())
            bench.clock.advance(by: Bench.lease - .microseconds(1))
            try expect(try await bench.store.sweep(upTo: 10), is: 0, "swept too early")
            bench.clock.advance(by: .microseconds(1))
            try expect(try await bench.store.sweep(upTo: 10), is: 1, "swept in time")
            let back = try await bench.job(job.id)
            try expect(back.state, is: .ready, "its state")
            try expect(back.fence > job.fence, "the fence is dead")
            let attempts = try await bench.store.attempts(of: job.id)
            try expect(attempts.map(\.end), is: [.lost(started: true)], "how the attempt ended")
            try expect(attempts.map(\.ended), is: [bench.now.store], "when it ended")
        },
        StoreContract("a worker that renews before the sweep came keeps what it holds") { bench in
            let worker = try await bench.worker()
            let job = try await bench.running(worker)
            bench.clock.advance(by: Bench.lease + .seconds(1))
            let lost = try await bench.store.renew(
                worker, lease: Bench.lease, holding: [Hold(id: job.id, fence: job.fence)])
            try expect(lost, is: [], "it lost nothing")
            try expect(try await bench.store.sweep(upTo: 10), is: 0, "what the sweep took")
        },
        StoreContract(
            "a job whose claim was never answered is lost to a worker that does not name it for a lease's time"
        ) {
            bench in
            let worker = try await bench.worker()
            let id = try await bench.submit()
            _ = try await bench.claimOne(worker)
            bench.clock.advance(by: .seconds(15))
            _ = try await bench.store.renew(worker, lease: Bench.lease, holding: [])
            try expect(try await bench.job(id).state.name, is: .running, "while the claim may still be under way")
            bench.clock.advance(by: .seconds(15))
            _ = try await bench.store.renew(worker, lease: Bench.lease, holding: [])
            try expect(try await bench.job(id).state, is: .ready, "a lease's time after the claim")
            try expect(try await bench.job(id).used.unstarted + bench.job(id).used.crashed, is: 1, "the budget used")
        },
        StoreContract("a renewal names what the worker holds no more") { bench in
            let worker = try await bench.worker()
            let kept = try await bench.running(worker)
            let cancelled = try await bench.running(worker)
            let ended = try await bench.running(worker)
            try await bench.cancel(cancelled.id)
            try await bench.reported(ended, .succeeded(nil))
            let holds = [kept, cancelled, ended].map { Hold(id: $0.id, fence: $0.fence) }
            let unknown = Hold(id: JobID(bench.uuid()), fence: 1)
            let wrong = Hold(id: kept.id, fence: kept.fence + 1)
            let lost = try await bench.store.renew(worker, lease: Bench.lease, holding: holds + [unknown, wrong])
            try expect(lost, is: [holds[1], holds[2], unknown, wrong], "what it lost, in its order")
        },
        StoreContract("a job that another worker claimed meanwhile is lost to the first") { bench in
            let first = try await bench.worker("first")
            let job = try await bench.running(first)
            bench.clock.advance(by: Bench.lease)
            _ = try await bench.store.sweep(upTo: 10)
            let again = try await bench.claimOne(bench.worker("second"))
            let hold = Hold(id: job.id, fence: job.fence)
            let lost = try await bench.store.renew(first, lease: Bench.lease, holding: [hold])
            try expect(lost, is: [hold], "what it lost")
            try expect(try await bench.job(job.id), is: again, "the second worker's lease is untouched")
        },
        StoreContract("a worker that was never registered holds nothing") { bench in
            let job = try await bench.running(bench.worker())
            let hold = Hold(id: job.id, fence: job.fence)
            let lost = try await bench.store.renew(WorkerID(bench.uuid()), lease: Bench.lease, holding: [hold])
            try expect(lost, is: [hold], "what it lost")
        },
        StoreContract("a lease never gets shorter") { bench in
            let worker = try await bench.worker(lease: .seconds(60))
            let job = try await bench.running(worker)
            _ = try await bench.store.renew(worker, lease: .seconds(60), holding: [])
            _ = try await bench.store.renew(worker, lease: .seconds(5), holding: [])
            bench.clock.advance(by: .seconds(59))
            try expect(try await bench.store.sweep(upTo: 10), is: 0, "what the sweep took")
            try expect(try await bench.job(job.id).state.name, is: .running, "its state")
        },
    ]

    static let workers = [
        StoreContract("a registered worker is listed with what it said of itself") { bench in
            let record = WorkerRecord(
                id: WorkerID(bench.uuid()), name: "host:17",
                offer: ClaimRule.Offer(kinds: ["work", "other"], queues: ["b", "a"]), slots: 3, isLocal: true)
            try await bench.store.register(record, lease: Bench.lease)
            let expected = WorkerOverview(
                record: record, since: bench.now.store, leaseEnds: bench.now.store + Bench.lease, running: 0)
            try expect(try await bench.store.workers(), is: [expected], "the workers")
        },
        StoreContract("workers are listed oldest first, with how much they run") { bench in
            let first = try await bench.worker("first")
            bench.clock.advance(by: .seconds(1))
            let second = try await bench.worker("second")
            _ = try await bench.running(second)
            _ = try await bench.running(second)
            let listed = try await bench.store.workers()
            try expect(listed.map(\.record.id), is: [first, second], "the workers")
            try expect(listed.map(\.running), is: [0, 2], "what they run")
        },
        StoreContract("a worker whose lease ran out is no longer listed, swept or not") { bench in
            _ = try await bench.worker()
            bench.clock.advance(by: Bench.lease)
            try expect(try await bench.store.workers(), is: [], "before the sweep")
            _ = try await bench.store.sweep(upTo: 10)
            try expect(try await bench.store.workers(), is: [], "after the sweep")
        },
        StoreContract("a renewal keeps a worker listed") { bench in
            let worker = try await bench.worker()
            bench.clock.advance(by: .seconds(20))
            _ = try await bench.store.renew(worker, lease: Bench.lease, holding: [])
            bench.clock.advance(by: .seconds(20))
            let listed = try await bench.store.workers()
            try expect(listed.map(\.leaseEnds), is: [bench.now.store + .seconds(10)], "when its leases end")
        },
        StoreContract("a worker that retires loses at once what it holds") { bench in
            let worker = try await bench.worker()
            let started = try await bench.running(worker)
            let unstarted = try await bench.running(worker, starting: 0)
            try await bench.store.retire(worker)
            try expect(try await bench.store.workers(), is: [], "the workers")
            try expect(try await bench.job(started.id).used.crashed, is: 1, "what the started one used")
            try expect(try await bench.job(unstarted.id).used.unstarted, is: 1, "what the other used")
            let hold = Hold(id: started.id, fence: started.fence)
            let lost = try await bench.store.renew(worker, lease: Bench.lease, holding: [hold])
            try expect(lost, is: [hold], "what a late renewal is told")
            try expect(try await bench.store.workers(), is: [], "and it does not come back")
        },
        StoreContract("a worker nobody knows can retire") { bench in
            try await bench.store.retire(WorkerID(bench.uuid()))
        },
    ]
}
