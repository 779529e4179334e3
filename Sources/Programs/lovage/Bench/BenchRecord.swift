import LovageClient
import LovageCore
import LovageStore
import Synchronization

/// The jobs whose ends were recorded.
final class BenchRecord: Sendable {
    private struct State {
        var ids: [JobID] = []
        var countdown: Countdown?
    }
    private let state = Mutex(State())

    /// Forgets what was recorded; answers a countdown of ends from now on.
    func expect(_ count: Int) -> Countdown {
        let countdown = Countdown(count)
        state.withLock { $0 = State(countdown: countdown) }
        return countdown
    }

    /// The worker has been told that this end is stored.
    func add(_ job: Job) {
        let countdown = state.withLock { state in
            state.ids.append(job.id)
            return state.countdown
        }
        countdown?.hit()
    }

    var ids: [JobID] { state.withLock { $0.ids } }
}

// What was measured is read back from the store: a figure counts only if the work was done.
extension BenchBed {
    /// So many of the jobs are read back; all of a million would take longer than the measurement.
    private static let mostRead = 500

    /// Checks that at least `count` jobs ended, none twice, and that their rows hold one attempt and this result.
    func checkEnds(atLeast count: Int, result: String) async throws {
        let ids = recorded.ids
        guard ids.count >= count, Set(ids).count == ids.count else {
            throw Self.wrong("\(ids.count) ends of \(Set(ids).count) jobs were recorded, of \(count)")
        }
        for id in Self.sample(ids) {
            let job = try await store.job(id)
            // The worker of an earlier round may have held it, and given it back when that round was over.
            let attempts = try await store.attempts(of: id).filter { $0.end?.name != .handedBack }
            guard job?.outcome == .succeeded, job?.result?.string == result, attempts.count == 1,
                attempts[0].end?.name == .succeeded, attempts[0].started != nil
            else { throw Self.wrong("job \(id) has not succeeded once with the result \(result)") }
        }
    }

    /// Checks that exactly these jobs wait, with their arguments.
    func checkWaiting(_ ids: [JobID]) async throws {
        let ready = try await store.queues().reduce(0) { $0 + $1.ready }
        guard ready == ids.count, Set(ids).count == ids.count else {
            throw Self.wrong("\(ready) jobs wait, and \(ids.count) were submitted")
        }
        let arguments = try Coding.encode(BenchJob.sample)
        for id in Self.sample(ids) where try await store.job(id)?.arguments != arguments {
            throw Self.wrong("job \(id) is not what was submitted")
        }
    }

    static func wrong(_ what: String) -> CommandFailure { CommandFailure(.jobFailed, "bench: \(what)") }

    private static func sample(_ ids: [JobID]) -> [JobID] {
        stride(from: 0, to: ids.count, by: max(1, ids.count / mostRead)).map { ids[$0] }
    }
}
