public import LovageCore
public import LovageStore
import Synchronization

/// A clock that stands still until a test advances it; wakes sleepers in the order of their times.
///
/// ```swift
/// let clock = TestClock()
/// let store = MemoryStore(clock: clock.now)
/// let worker = Worker(…, timekeeper: clock.timekeeper)
/// clock.advance(by: .seconds(30))
/// ```
public final class TestClock: Sendable {
    private struct Sleeper {
        let due: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var elapsed = Duration.zero
        var wallShift = Duration.zero
        var next = 0
        var sleepers: [Int: Sleeper] = [:]
        var cancelled: Set<Int> = []
        var watchers: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let start: Int64

    /// A clock that begins at 2026-01-01 00:00 UTC.
    public init(startMicroseconds: Int64 = 1_767_225_600_000_000) { start = startMicroseconds }

    /// Both clocks, now.
    public var now: @Sendable () -> Moment {
        { [self] in
            state.withLock {
                let micros = start + $0.elapsed.wholeMicroseconds
                return Moment(
                    store: StoreTime(microseconds: micros),
                    wall: WallTime(microseconds: micros + $0.wallShift.wholeMicroseconds))
            }
        }
    }

    /// What long-running parts tell time and wait with.
    public var timekeeper: Timekeeper {
        Timekeeper(
            elapsed: { [self] in state.withLock { $0.elapsed } },
            sleep: { [self] in try await sleep(for: $0) })
    }

    /// Lets time pass and wakes everybody whose time has come.
    public func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.elapsed += duration
            let due = state.sleepers.filter { $0.value.due <= state.elapsed }.sorted { $0.value.due < $1.value.due }
            for entry in due { state.sleepers[entry.key] = nil }
            return due.map(\.value.continuation)
        }
        for continuation in woken { continuation.resume() }
    }

    /// Moves the wall clock alone.
    public func jumpWall(by duration: Duration) { state.withLock { $0.wallShift += duration } }

    /// Waits until at least `count` sleepers wait: the moment from which advancing reaches them.
    public func sleepers(atLeast count: Int) async {
        while state.withLock({ $0.sleepers.count }) < count {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if state.sleepers.count >= count { return true }
                    state.watchers.append(continuation)
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }

    private func sleep(for duration: Duration) async throws {
        let token = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let (result, watchers) = state.withLock {
                    state -> (Result<Void, any Error>?, [CheckedContinuation<Void, Never>]) in
                    if state.cancelled.remove(token) != nil { return (.failure(CancellationError()), []) }
                    if duration <= .zero { return (.success(()), []) }
                    state.sleepers[token] = Sleeper(due: state.elapsed + duration, continuation: continuation)
                    defer { state.watchers = [] }
                    return (nil, state.watchers)
                }
                for watcher in watchers { watcher.resume() }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                if let sleeper = state.sleepers.removeValue(forKey: token) { return sleeper as Sleeper? }
                state.cancelled.insert(token)
                return nil
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}
