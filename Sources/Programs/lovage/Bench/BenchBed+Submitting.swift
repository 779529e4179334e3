import LovageClient
import LovageCore

// W1 and W2: storing jobs. Nobody runs them.
extension BenchBed {
    func submitOneByOne(clients: Int) async throws -> BenchFigure {
        typealias Submitted = (ids: [JobID], samples: [Duration])
        var submitted: Submitted = ([], [])
        let figure = try await measure {
            let isOn = clock()
            submitted = try await withThrowingTaskGroup(of: Submitted.self) { group in
                for _ in 0..<clients {
                    group.addTask {
                        var own: Submitted = ([], [])
                        repeat {
                            let began = ContinuousClock.now
                            let handle = try await client.submit(BenchJob.sample)
                            own.samples.append(ContinuousClock.now - began)
                            own.ids.append(handle.id)
                        } while isOn()
                        return own
                    }
                }
                return try await group.reduce(into: ([], [])) { all, own in
                    all.ids += own.ids
                    all.samples += own.samples
                }
            }
            return Done(jobs: submitted.ids.count, samples: submitted.samples)
        }
        try await checkWaiting(submitted.ids)
        return figure
    }

    func submitInBulk(of size: Int) async throws -> BenchFigure {
        let bulk = Array(repeating: BenchJob.sample, count: size)
        var ids: [JobID] = []
        let figure = try await measure {
            let isOn = clock()
            var samples: [Duration] = []
            repeat {
                let began = ContinuousClock.now
                let handles = try await client.submit(many: bulk)
                samples.append(ContinuousClock.now - began)
                ids += handles.map(\.id)
            } while isOn()
            return Done(jobs: ids.count, samples: samples)
        }
        try await checkWaiting(ids)
        return figure
    }

    /// Lets this many jobs wait.
    func fill(_ count: Int) async throws {
        var left = count
        while left > 0 {
            let size = min(left, 1_000)
            try await client.submit(many: Array(repeating: BenchJob.sample, count: size))
            left -= size
        }
    }
}
