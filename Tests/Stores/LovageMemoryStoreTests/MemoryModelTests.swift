import LovageCore
import LovageMemoryStore
import LovageStore
import Testing

struct MemoryModelTests {
    private let now = Moment(store: StoreTime(microseconds: 1_000), wall: WallTime(microseconds: 1_000))
    private let worker = WorkerID(UUIDv7(high: 1, low: 1))

    private func submissions(_ count: Int) -> [Submission] {
        (0..<count).map { Submission(id: JobID(UUIDv7(high: UInt64($0), low: 0)), kind: "k", arguments: .emptyObject) }
    }

    private func claimAll(_ limit: Int) -> ClaimRequest {
        ClaimRequest(
            worker: worker, offer: ClaimRule.Offer(kinds: ["k"], queues: ["default"]), limit: limit, starting: limit,
            lease: .seconds(30))
    }

    @Test func `a copy of the model is not touched by what happens to the original`() throws {
        var model = MemoryModel()
        _ = try model.submit(submissions(3), at: now)
        let copy = model
        _ = try model.claim(claimAll(2), at: now)
        #expect(copy.jobs(JobFilter(state: .ready), page: PageRequest()).items.count == 3)
        #expect(model.jobs(JobFilter(state: .ready), page: PageRequest()).items.count == 1)
    }

    @Test func `an event that is refused takes the whole call back`() throws {
        var model = MemoryModel()
        let jobs = submissions(2)
        _ = try model.submit(jobs, at: now)
        let lease = Lease(worker: worker, claimed: now.store, started: nil, expires: now.store + .seconds(30))
        let changes = [
            JobChange(jobs[0].id, .cancelled(.requested(""))), JobChange(jobs[1].id, .claimed(lease)),
            JobChange(jobs[0].id, .claimed(lease)),
        ]
        #expect(throws: StoreError.self) { try model.apply(changes, at: now) }
        #expect(model.job(jobs[0].id)?.state == .ready)
        #expect(model.job(jobs[1].id)?.state == .ready)
    }

    @Test func `ten thousand jobs are submitted, claimed and finished one by one without looking at each other`() throws
    {
        var model = MemoryModel()
        for submission in submissions(10_000) { _ = try model.submit([submission], at: now) }
        var order: [JobID] = []
        while let job = try model.claim(claimAll(1), at: now).answer.first {
            order.append(job.id)
            let end = JobEvent.reported(fence: job.fence, .succeeded(nil), entropy: 0)
            _ = try model.apply([JobChange(job.id, end)], at: now)
        }
        #expect(order == submissions(10_000).map(\.id))
    }

    @Test func `a verb says each topic once, in the order of its changes`() throws {
        var model = MemoryModel()
        let jobs = submissions(2)
        let effect = try model.submit(jobs, at: now)
        #expect(effect.wakes == [.job(jobs[0].id), .work, .job(jobs[1].id)])
    }
}
