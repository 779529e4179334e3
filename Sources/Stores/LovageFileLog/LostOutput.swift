import LovageCore
import LovageStore
import Synchronization

/// What of which attempts could not be kept and is not yet said in their logs.
///
/// People look into the log of the job, not into that of the server: once the disk takes something again, each log says how
/// much it lacks, in its place. Until then that is known in memory only.
final class LostOutput: Sendable {
    private let lost = Mutex<[AttemptKey: Int]>([:])
    /// Most attempts that are remembered: far more than run while nothing can be written.
    private static let mostAttempts = 10_000

    /// Takes note that this many bytes of an attempt could not be kept.
    func add(_ count: Int, of attempt: AttemptKey) {
        lost.withLock { lost in
            guard lost[attempt] != nil || lost.count < Self.mostAttempts else { return }
            lost[attempt, default: 0] += count
        }
    }

    /// Takes what is to be said of an attempt; nil when nothing is.
    func take(_ attempt: AttemptKey) -> Int? { lost.withLock { $0.removeValue(forKey: attempt) } }

    /// Some attempts of which something is to be said.
    func some(_ count: Int) -> [AttemptKey] { lost.withLock { Array($0.keys.prefix(count)) } }

    /// Forgets jobs whose logs are gone.
    func forget(_ jobs: Set<JobID>) { lost.withLock { lost in lost = lost.filter { !jobs.contains($0.key.job) } } }
}
