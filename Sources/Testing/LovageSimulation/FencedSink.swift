import LovageCore

/// An outside store that compares fences, as a careful handler's would: it takes an effect only from an attempt that is
/// newer than every one it has heard of.
struct FencedSink {
    private var highest: [JobID: Int64] = [:]
    private(set) var accepted: [JobID: [Int64]] = [:]

    mutating func accept(_ job: Job) -> Bool {
        guard job.fence > highest[job.id] ?? 0 else { return false }
        highest[job.id] = job.fence
        accepted[job.id, default: []].append(job.fence)
        return true
    }
}
