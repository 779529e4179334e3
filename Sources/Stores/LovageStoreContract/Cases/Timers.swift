import LovageCore
import LovageStore

extension StoreContract {
    static let timers = [
        StoreContract("a delayed job becomes ready at its time and not before") { bench in
            let id = try await bench.submit("work", "{}", JobOptions(start: .after(.seconds(10))))
            let due = bench.now.store + .seconds(10)
            try expect(try await bench.job(id).state, is: .suspended(.until(due)), "its state")
            bench.clock.advance(by: .seconds(10) - .microseconds(1))
            let early = try await bench.store.promote(upTo: 10)
            try expect(early, is: Promotion(promoted: 0, nextStoreTime: due, nextWallTime: nil), "too early")
            bench.clock.advance(by: .microseconds(1))
            let promotion = try await bench.store.promote(upTo: 10)
            try expect(promotion, is: Promotion(promoted: 1, nextStoreTime: nil, nextWallTime: nil), "at its time")
            try expect(try await bench.job(id).state, is: .ready, "its state then")
        },
        StoreContract("a delay is judged by the store's clock: a jump of the wall clock does not shorten it") { bench in
            let id = try await bench.submit("work", "{}", JobOptions(start: .after(.seconds(10))))
            bench.clock.jumpWall(by: .seconds(86_400))
            try expect(try await bench.store.promote(upTo: 10).promoted, is: 0, "promoted by the jump")
            bench.clock.jumpWall(by: .seconds(-2 * 86_400))
            bench.clock.advance(by: .seconds(10))
            try expect(try await bench.store.promote(upTo: 10).promoted, is: 1, "promoted by time")
            try expect(try await bench.job(id).state, is: .ready, "its state")
        },
        StoreContract("a moment of civil time is judged by the wall clock, wherever it jumps") { bench in
            let due = bench.now.wall + .seconds(3_600)
            let id = try await bench.submit("work", "{}", JobOptions(start: .at(due)))
            try expect(try await bench.job(id).state, is: .suspended(.at(due)), "its state")
            bench.clock.jumpWall(by: .seconds(-600))
            bench.clock.advance(by: .seconds(3_600))
            let early = try await bench.store.promote(upTo: 10)
            try expect(early, is: Promotion(promoted: 0, nextStoreTime: nil, nextWallTime: due), "before its time")
            bench.clock.jumpWall(by: .seconds(600))
            try expect(try await bench.store.promote(upTo: 10).promoted, is: 1, "at its time")
        },
        StoreContract("a start time that is over makes a job ready at once") { bench in
            let past = try await bench.submit("work", "{}", JobOptions(start: .at(bench.now.wall)))
            let none = try await bench.submit("work", "{}", JobOptions(start: .after(.zero)))
            let claimed = try await bench.claim(bench.worker()).map(\.id)
            try expect(claimed, is: [past, none], "the claimed jobs")
        },
        StoreContract("a promotion takes no more than its limit, the earliest first, and says when the next is due") {
            bench in
            let start = bench.now.store
            var ids: [Int: JobID] = [:]
            for seconds in [3, 1, 2, 9] {
                ids[seconds] = try await bench.submit("work", "{}", JobOptions(start: .after(.seconds(seconds))))
            }
            bench.clock.advance(by: .seconds(5))
            let first = try await bench.store.promote(upTo: 2)
            try expect(first.promoted, is: 2, "promoted at first")
            try expect(first.nextStoreTime, is: start + .seconds(3), "what is left is due already")
            let second = try await bench.store.promote(upTo: 10)
            let expected = Promotion(promoted: 1, nextStoreTime: start + .seconds(9), nextWallTime: nil)
            try expect(second, is: expected, "the rest")
            let claimed = try await bench.claim(bench.worker()).map(\.id)
            try expect(claimed, is: [1, 2, 3].compactMap { ids[$0] }, "the order they are claimed in")
        },
        StoreContract("a cancelled delayed job is not promoted and no longer next") { bench in
            let id = try await bench.submit("work", "{}", JobOptions(start: .after(.seconds(10))))
            try await bench.cancel(id)
            bench.clock.advance(by: .seconds(10))
            let promotion = try await bench.store.promote(upTo: 10)
            try expect(promotion, is: Promotion(promoted: 0, nextStoreTime: nil, nextWallTime: nil), "the promotion")
        },
    ]

    static let endings = [
        StoreContract("a job that did not start in time expires in the sweep, not before") { bench in
            let id = try await bench.submit("work", "{}", JobOptions(startWithin: .seconds(10)))
            bench.clock.advance(by: .seconds(10) - .microseconds(1))
            try expect(try await bench.store.sweep(upTo: 10), is: 0, "swept too early")
            bench.clock.advance(by: .microseconds(1))
            try expect(try await bench.store.sweep(upTo: 10), is: 1, "swept in time")
            try expect(try await bench.job(id).outcome, is: .expired, "its outcome")
            try expect(try await bench.job(id).finished, is: bench.now.store, "when it ended")
        },
        StoreContract("a suspended job expires as well") { bench in
            let options = JobOptions(start: .after(.seconds(60)), startWithin: .seconds(10))
            let id = try await bench.submit("work", "{}", options)
            bench.clock.advance(by: .seconds(10))
            _ = try await bench.store.sweep(upTo: 10)
            try expect(try await bench.job(id).outcome, is: .expired, "its outcome")
        },
        StoreContract("a job that has started does not expire, not even while it waits for its retry") { bench in
            let options = JobOptions(
                startWithin: .seconds(10), retry: RetryPolicy(retries: 1, backoff: .fixed(.seconds(60))))
            let job = try await bench.running(bench.worker(), options)
            bench.clock.advance(by: .seconds(20))
            try expect(try await bench.store.sweep(upTo: 10), is: 0, "swept while it runs")
            try await bench.reported(job, .failed(.sample))
            try expect(try await bench.store.sweep(upTo: 10), is: 0, "swept while it waits")
        },
        StoreContract("a deadline ends a job that is suspended, ready, waiting for its retry or running") { bench in
            let worker = try await bench.worker(lease: .seconds(600))
            let retry = RetryPolicy(retries: 1, backoff: .fixed(.seconds(60)))
            let options = JobOptions(deadline: .seconds(10), retry: retry)
            let waiting = try await bench.running(worker, options)
            try await bench.reported(waiting, .failed(.sample))
            let running = try await bench.running(worker, options)
            let ready = try await bench.submit("work", "{}", options)
            let delayed = try await bench.submit(
                "work", "{}", JobOptions(start: .after(.seconds(60)), deadline: .seconds(10)))
            bench.clock.advance(by: .seconds(10) - .microseconds(1))
            try expect(try await bench.store.sweep(upTo: 10), is: 0, "swept too early")
            bench.clock.advance(by: .microseconds(1))
            try expect(try await bench.store.sweep(upTo: 10), is: 4, "swept in time")
            for id in [waiting.id, running.id, ready, delayed] {
                try expect(try await bench.job(id).outcome, is: .failed(.deadline), "its outcome")
            }
            let attempts = try await bench.store.attempts(of: running.id)
            try expect(attempts.map(\.end), is: [.deadlinePassed], "how the running attempt ended")
            try expect(try await bench.report(running, .succeeded(nil)), is: .stale, "a report that comes too late")
        },
        StoreContract("a deadline that passed does not touch a job that is over") { bench in
            let job = try await bench.running(bench.worker(), JobOptions(deadline: .seconds(10)))
            try await bench.reported(job, .succeeded(nil))
            bench.clock.advance(by: .seconds(20))
            try expect(try await bench.store.sweep(upTo: 10), is: 0, "what the sweep ended")
            try expect(try await bench.job(job.id).outcome, is: .succeeded, "its outcome")
        },
        StoreContract("a sweep ends no more than its limit, and the rest the next time") { bench in
            for _ in 0..<5 { _ = try await bench.submit("work", "{}", JobOptions(startWithin: .seconds(1))) }
            bench.clock.advance(by: .seconds(1))
            try expect(try await bench.store.sweep(upTo: 3), is: 3, "the first time")
            try expect(try await bench.store.sweep(upTo: 3), is: 2, "the second time")
            try expect(try await bench.store.sweep(upTo: 3), is: 0, "the third time")
        },
        StoreContract("a jump of the wall clock moves no lease, start window or deadline") { bench in
            let worker = try await bench.worker()
            _ = try await bench.running(worker)
            _ = try await bench.submit("work", "{}", JobOptions(startWithin: .seconds(10), deadline: .seconds(10)))
            bench.clock.jumpWall(by: .seconds(86_400))
            try expect(try await bench.store.sweep(upTo: 10), is: 0, "swept after a jump forwards")
            try expect(try await bench.store.workers().count, is: 1, "the worker is alive")
            bench.clock.jumpWall(by: .seconds(-2 * 86_400))
            bench.clock.advance(by: Bench.lease)
            try expect(try await bench.store.sweep(upTo: 10), is: 2, "swept by time, whatever the wall clock reads")
        },
    ]
}
