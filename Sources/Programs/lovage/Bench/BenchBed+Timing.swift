import LovageClient
import LovageCore
import LovageStore
import Synchronization

// W6: jobs that start at their time.
extension BenchBed {
    /// How late jobs start that are due one after the other, with `backlog` more in the store that are due much later.
    ///
    /// A moment is read in the handler, by the clock that judges when a job is due.
    func due(backlog: Int) async throws -> BenchFigure {
        let delayed = try await store.queues().reduce(0) { $0 + $1.suspended }
        try await delay(backlog - delayed)
        let count = plan.dueJobs
        BenchDue.starts.withLock { $0 = BenchDue.Starts(clock: { store.now().store }) }
        let countdown = recorded.expect(count)
        let figure = try await withWorker {
            try await measure {
                let dues = try await schedule(count)
                await countdown.wait()
                let times = BenchDue.starts.withLock { $0.times }
                let samples = try dues.enumerated().map { index, due in
                    guard let start = times[index] else { throw Self.wrong("due job \(index) has not started") }
                    return start - due
                }
                if let first = samples.min(), first < .zero {
                    throw Self.wrong("a job started \(first) before its time")
                }
                return Done(jobs: count, samples: samples)
            }
        }
        try await checkEnds(atLeast: count, result: BenchDue.result)
        return figure
    }

    /// Submits this many jobs that are due evenly over some time, and reads back when; none is due before all are stored.
    private func schedule(_ count: Int) async throws -> [StoreTime] {
        let lead = Duration.seconds(1)
        let began = store.now().store
        let submissions = try (0..<count).map { index in
            let delay = lead + plan.dueSpan * index / count
            return Submission(
                id: client.makeID(JobID.self), kind: BenchDue.kind, arguments: try Coding.encode(BenchDue(index)),
                options: JobOptions(start: .after(delay)))
        }
        var dues: [StoreTime] = []
        for first in stride(from: 0, to: count, by: 1_000) {
            let ids = try await client.submit(Array(submissions[first..<min(first + 1_000, count)]))
            for id in ids {
                guard case .suspended(.until(let due)) = try await store.job(id)?.state else {
                    throw Self.wrong("job \(id) did not wait for its time")
                }
                dues.append(due)
            }
        }
        guard store.now().store - began < lead else { throw Self.wrong("the first job was due before all were stored") }
        return dues
    }

    /// Stores this many jobs that are not due for hours.
    private func delay(_ count: Int) async throws {
        let options = JobOptions(start: .after(.seconds(10 * 3_600)))
        var left = count
        while left > 0 {
            let size = min(left, 1_000)
            try await client.submit(many: Array(repeating: BenchJob.sample, count: size), options: options)
            left -= size
        }
    }
}
