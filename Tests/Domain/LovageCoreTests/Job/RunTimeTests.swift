import LovageCore
import Testing

/// How long a job ran is the sum of its attempts, not the time between their first start and the job's end.
@Suite struct RunTimeTests {
    private func at(_ seconds: Int) -> StoreTime { now.store + .seconds(seconds) }

    private func attempt(_ number: Int, _ started: Int?, _ ended: Int?) -> Attempt {
        Attempt(
            number: number, generation: 1, fence: Int64(number), worker: worker, claimed: at(started ?? 0),
            started: started.map(at), ended: ended.map(at), end: ended == nil ? nil : .lost(started: started != nil))
    }

    private func job(_ attempts: Int, _ state: JobState, started: Int?, finished: Int?) -> Job {
        var job = makeJob(state: state)
        job.attempts = attempts
        job.started = started.map(at)
        job.finished = finished.map(at)
        return job
    }

    @Test func `attempts are added up, and the waits between them are not`() {
        let tried = job(3, .finished(.succeeded), started: 0, finished: 100)
        let attempts = [attempt(1, 0, 2), attempt(2, nil, 50), attempt(3, 97, 100)]
        #expect(tried.runTime(attempts, at: at(200)) == .seconds(5))
    }

    @Test func `an attempt that runs counts until now`() {
        let running = job(2, .running(makeLease(started: true)), started: 0, finished: nil)
        #expect(running.runTime([attempt(1, 0, 2), attempt(2, 60, nil)], at: at(63)) == .seconds(5))
    }

    @Test func `a job that waits for its retry, or was ended in that wait, ran as long as its attempt`() {
        for state in [
            .suspended(.retry(at(60))), .ready, .finished(.cancelled(.requested(""))), .finished(.failed(.deadline)),
        ]
            as [JobState]
        {
            let job = job(1, state, started: 0, finished: state.name == .finished ? 50 : nil)
            #expect(!job.hasRunWithoutPause)
            #expect(job.runTime([attempt(1, 0, 2)], at: at(55)) == .seconds(2))
        }
    }

    @Test func `a job of one attempt says it alone`() {
        #expect(job(1, .finished(.succeeded), started: 1, finished: 4).runTime([], at: at(9)) == .seconds(3))
        #expect(
            job(1, .running(makeLease(started: true)), started: 1, finished: nil).runTime([], at: at(9)) == .seconds(8))
        let never = job(0, .finished(.expired), started: nil, finished: 5)
        #expect(never.hasRunWithoutPause && never.runTime([], at: at(9)) == nil)
        #expect(
            job(2, .ready, started: nil, finished: nil).runTime([attempt(1, nil, 2), attempt(2, nil, 3)], at: at(9))
                == nil)
    }
}
