import LovageCore
import LovageStore

/// Which attempts with processes run, so that no two of one job, nor of two jobs with one unique key, run at once.
///
/// The store ends an attempt when it is cancelled, lost or past its deadline, and lets the next one go; the processes of the
/// first may take their grace. An attempt begins once nothing else runs in its lanes, whoever came first: one that the store
/// has ended may learn of it late.
struct Turns: Equatable {
    private enum Lane: Hashable {
        case job(JobID)
        case key(UniqueKey)
    }

    private var running: [Lane: Hold] = [:]

    /// True when nothing stands in the way of this attempt.
    func isFree(for job: Job) -> Bool { Self.lanes(of: job).allSatisfy { running[$0] == nil } }

    /// True once this attempt has begun, until it is over.
    func isRunning(_ job: Job) -> Bool { running[.job(job.id)] == job.hold }

    /// Takes the attempt's lanes; false, and nothing is taken, when another attempt runs in one of them.
    mutating func begin(_ job: Job) -> Bool {
        guard isFree(for: job) else { return false }
        for lane in Self.lanes(of: job) { running[lane] = job.hold }
        return true
    }

    /// The attempt's processes are gone; true when it had begun.
    mutating func end(_ job: Job) -> Bool {
        let own = Self.lanes(of: job).filter { running[$0] == job.hold }
        for lane in own { running[lane] = nil }
        return !own.isEmpty
    }

    private static func lanes(of job: Job) -> [Lane] {
        [.job(job.id)] + (job.uniqueKey.map { [Lane.key($0)] } ?? [])
    }
}
