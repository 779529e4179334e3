import Foundation
import LovageCore

/// A moment of a measurement: what the clock says, and the processor time of this process so far, user and system.
struct BenchInstant: Sendable {
    let clock: ContinuousClock.Instant
    let processor: Duration

    static func now() -> BenchInstant {
        var usage = rusage()
        // Linux names the argument by an enum that its own header passes as an int.
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func duration(_ time: timeval) -> Duration { .seconds(time.tv_sec) + .microseconds(Int64(time.tv_usec)) }
        return BenchInstant(
            clock: ContinuousClock.now, processor: duration(usage.ru_utime) + duration(usage.ru_stime))
    }
}

/// What the machine says of itself.
enum BenchMeters {
    /// The memory of this process in bytes, pages shared with others in proportion (PSS); nil where the kernel does not
    /// tell.
    static func memory() -> Int? {
        guard let data = FileManager.default.contents(atPath: "/proc/self/smaps_rollup") else { return nil }
        let line = String(decoding: data, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("Pss:") }
        return line.flatMap { Int($0.split(separator: " ")[1]) }.map { $0 * 1_024 }
    }

    /// The sample that this share of all samples, which are sorted, does not exceed.
    static func quantile(_ share: Double, of sorted: [Duration]) -> Duration? {
        guard !sorted.isEmpty else { return nil }
        return sorted[min(sorted.count - 1, Int((Double(sorted.count) * share).rounded(.down)))]
    }

    static func median(_ durations: [Duration]) -> Duration { quantile(0.5, of: durations.sorted()) ?? .zero }
}
