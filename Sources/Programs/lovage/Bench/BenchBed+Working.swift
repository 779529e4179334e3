import LovageClient
import LovageCore
import LovageStore
import Synchronization

// W3, W4, W5, W8: one worker and what it is given.
extension BenchBed {
    /// Drains `plan.waiting` jobs, the oldest of those that wait, with `backlog` more behind them.
    func drain(backlog: Int) async throws -> BenchFigure {
        let waiting = try await store.queues().reduce(0) { $0 + $1.ready }
        try await fill(plan.waiting + backlog - waiting)
        let countdown = recorded.expect(plan.waiting)
        let figure = try await measure {
            let end = try await withWorker {
                await countdown.wait()
                return BenchInstant.now()
            }
            return Done(jobs: plan.waiting, end: end)
        }
        try await checkEnds(atLeast: plan.waiting, result: BenchJob.result)
        return figure
    }

    func produceAndWork() async throws -> BenchFigure {
        var submitted = 0
        let figure = try await withWorker {
            try await measure {
                // The worker counts past any end; the producer says at which number it is over.
                let ends = recorded.expect(.max)
                let isOn = clock()
                repeat {
                    try await client.submit(BenchJob.sample)
                    submitted += 1
                } while isOn()
                ends.lower(by: .max - submitted)
                await ends.wait()
                return Done(jobs: submitted)
            }
        }
        try await checkEnds(atLeast: submitted, result: BenchJob.result)
        return figure
    }

    /// One job at a time; the start is read in the handler, and nobody waits for the result.
    func startOne() async throws -> BenchFigure {
        let (starts, listener) = AsyncStream.makeStream(of: ContinuousClock.Instant.self)
        BenchPing.listener.withLock { $0 = listener }
        defer { BenchPing.listener.withLock { $0 = nil } }
        return try await oneByOne { began in
            try await client.submit(BenchPing.sample)
            var started = starts.makeAsyncIterator()
            guard let start = await started.next() else { throw CancellationError() }
            return start - began
        }
    }

    /// One job at a time, until its result is in the caller's hands.
    func callOne() async throws -> BenchFigure {
        try await oneByOne { began in
            _ = try await client.call(BenchPing.sample)
            return ContinuousClock.now - began
        }
    }

    private func oneByOne(_ turn: (ContinuousClock.Instant) async throws -> Duration) async throws -> BenchFigure {
        let warmUp = 20
        let countdown = recorded.expect(.max)
        let figure = try await withWorker {
            for _ in 0..<warmUp { _ = try await turn(.now) }
            return try await measure {
                let isOn = clock()
                var samples: [Duration] = []
                repeat {
                    // An idle worker is one that has had time to fall asleep.
                    try await Timekeeper.continuous.sleep(.milliseconds(2 + samples.count % 3))
                    samples.append(try await turn(.now))
                } while isOn()
                countdown.lower(by: .max - warmUp - samples.count)
                await countdown.wait()
                return Done(jobs: samples.count, samples: samples)
            }
        }
        try await checkEnds(atLeast: figure.jobs + warmUp, result: BenchPing.result)
        return figure
    }

    func idle() async throws -> BenchFigure {
        try await withWorker {
            // Let what the start of the worker set in motion come to rest.
            try await Timekeeper.continuous.sleep(.milliseconds(500))
            return try await measure {
                try await Timekeeper.continuous.sleep(plan.span * 2)
                return Done(jobs: 0)
            }
        }
    }
}
