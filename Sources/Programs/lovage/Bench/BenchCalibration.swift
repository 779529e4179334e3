import Foundation
import LovageCore
import LovageSQLiteStore

/// How fast the machine is at the moment: measured right before each figure, because that changes by more than most
/// programs differ, and figures can be compared only where these agree.
struct BenchCalibration: Sendable, Hashable {
    /// One fsync after 4 KiB were appended to a file, in the folder that is measured.
    var fsync: Duration
    /// One commit of one job's row by SQLite alone, fully durable, in the same folder.
    var commit: Duration
    /// One byte to another thread and back.
    var handOver: Duration
    /// A loop of fixed length whose steps wait for each other.
    var loop: Duration

    static func measure(in folder: URL) throws -> BenchCalibration {
        BenchCalibration(
            fsync: try fsync(in: folder), commit: try commit(in: folder), handOver: try handOver(), loop: loop())
    }

    /// Each value's own median.
    static func median(of all: [BenchCalibration]) -> BenchCalibration {
        func middle(_ path: KeyPath<BenchCalibration, Duration>) -> Duration {
            BenchMeters.median(all.map { $0[keyPath: path] })
        }
        return BenchCalibration(
            fsync: middle(\.fsync), commit: middle(\.commit), handOver: middle(\.handOver), loop: middle(\.loop))
    }

    private static func fsync(in folder: URL, rounds: Int = 25) throws -> Duration {
        let path = folder.appendingPathComponent("fsync-calibration").path
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandFailure.usage("--folder: \(path) cannot be written") }
        defer {
            close(descriptor)
            unlink(path)
        }
        let page = [UInt8](repeating: 0x5A, count: 4_096)
        return median(rounds) {
            _ = page.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            Foundation.fsync(descriptor)
        }
    }

    private static func commit(in folder: URL, rounds: Int = 51) throws -> Duration {
        let path = folder.appendingPathComponent("commit-calibration.db").path
        defer { for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) } }
        var moments: [ContinuousClock.Instant] = []
        moments.reserveCapacity(rounds)
        try CommitProbe.run(path: path, commits: rounds) { moments.append(.now) }
        return BenchMeters.median(zip(moments.dropFirst(), moments).map { $0 - $1 })
    }

    private static func handOver(rounds: Int = 200) throws -> Duration {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
            throw CommandFailure.usage("no socket pair: \(String(cString: strerror(errno)))")
        }
        let (near, far) = (ends[0], ends[1])
        defer { close(near) }
        Thread.detachNewThread {
            var byte: UInt8 = 0
            // Ends when the near end is closed.
            while read(far, &byte, 1) == 1, write(far, &byte, 1) == 1 {}
            close(far)
        }
        var byte: UInt8 = 0
        return median(rounds) {
            _ = write(near, &byte, 1)
            _ = read(near, &byte, 1)
        }
    }

    private static func loop() -> Duration {
        var value = UInt64(bitPattern: Int64(getpid())) | 1
        return median(3) {
            // A xorshift generator: the compiler cannot take several steps at once.
            for _ in 0..<500_000 {
                value ^= value << 13
                value ^= value >> 7
                value ^= value << 17
            }
            // Never true, and the compiler does not know it: the loop has to be run.
            if value == 0 { value = 1 }
        }
    }

    private static func median(_ rounds: Int, _ body: () -> Void) -> Duration {
        let clock = ContinuousClock()
        return BenchMeters.median((0..<rounds).map { _ in clock.measure(body) })
    }
}
