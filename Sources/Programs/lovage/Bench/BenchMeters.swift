import Foundation
import LovageCore
import Synchronization

/// What the machine says while a workload runs.
enum BenchMeters {
    /// Processor time of this process so far, user and system.
    static func processor() -> Duration {
        var usage = rusage()
        // Linux names the argument by an enum that its own header passes as an int.
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func duration(_ time: timeval) -> Duration { .seconds(time.tv_sec) + .microseconds(Int64(time.tv_usec)) }
        return duration(usage.ru_utime) + duration(usage.ru_stime)
    }

    /// The median time of an fsync after 4 KiB were appended to a file of this folder: what a commit costs at least.
    static func fsync(in folder: URL, rounds: Int = 25) -> Duration {
        let path = folder.appendingPathComponent("fsync-calibration").path
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { return .zero }
        defer {
            close(descriptor)
            unlink(path)
        }
        let page = [UInt8](repeating: 0x5A, count: 4_096)
        let clock = ContinuousClock()
        let samples = (0..<rounds).map { _ in
            clock.measure {
                _ = page.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                Foundation.fsync(descriptor)
            }
        }
        return samples.sorted()[rounds / 2]
    }
}

/// Waits until something happened a number of times.
final class Countdown: Sendable {
    private let left: Mutex<Int>
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init(_ count: Int) {
        left = Mutex(count)
        (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        if count <= 0 { continuation.finish() }
    }

    /// It happened once.
    func hit() { lower(by: 1) }

    /// It needs to happen less often than was said first.
    func lower(by count: Int) {
        let isOver = left.withLock { left in
            left -= count
            return left <= 0
        }
        if isOver { continuation.finish() }
    }

    /// Returns once it happened often enough, or when the task is cancelled.
    func wait() async { for await _ in stream {} }
}
