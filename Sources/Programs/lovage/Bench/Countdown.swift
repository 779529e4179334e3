import Synchronization

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
