#if SQLite
import LovageCore

/// The rows that claims have written lately, as they are in the file: what a worker says of a job comes soon after its
/// claim, and is then decided without reading the row again.
///
/// Only `WriteTransaction.write` changes a job, and it keeps this in step. What is written is guarded by state and fence
/// like any other change, so that a row that is here and should not be would be a refused call and no lost update.
struct ClaimedRows {
    private var rows: [JobID: JobRow] = [:]

    /// Past this many all are forgotten: nobody has said anything of most of them for long.
    private static let most = 2_048
    /// Larger arguments are not kept: reading them again costs less than holding thousands of them.
    private static let mostBytes = 2_048

    /// The row of a job that runs.
    subscript(id: JobID) -> JobRow? { rows[id] }

    /// Takes note of how a job is now.
    mutating func note(_ job: Job, in row: Int64) {
        guard job.state.name == .running, job.arguments.bytes.count <= Self.mostBytes else {
            if !rows.isEmpty { rows[job.id] = nil }
            return
        }
        if rows.count >= Self.most { rows = [:] }
        rows[job.id] = JobRow(row: row, job: job)
    }
}
#endif
