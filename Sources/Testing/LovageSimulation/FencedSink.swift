import LovageCore

/// An outside store that compares fences, as a careful handler's would: it takes an effect only from an attempt that is
/// newer than every one it has heard of.
struct FencedSink {
    private var highest: [JobID: Int64] = [:]

    mutating func accept(_ job: Job) -> Bool {
        guard job.fence > highest[job.id] ?? 0 else { return false }
        highest[job.id] = job.fence
        return true
    }

    /// The fence of the newest effect it took; 0 when it took none.
    func highest(of id: JobID) -> Int64 { highest[id] ?? 0 }
}
