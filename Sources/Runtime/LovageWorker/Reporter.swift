import LovageCore
import LovageStore
import Synchronization

/// Sends what attempts report, many in one call, until it is stored: failing to record an outcome is the worst error we
/// have, so nothing is dropped and every failure is an event.
final class Reporter: Sendable {
    struct Item {
        let change: JobChange
        /// True when the attempt is over, so that its place in the worker is free once this is recorded.
        let ends: Bool
    }

    private let pending = Mutex<[Item]>([])
    private let signal: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation
    /// Most changes in one call: enough to spread a commit's cost, few enough to keep other callers' waits short.
    private static let mostInOneCall = 1_000

    init() {
        (signal, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    func add(_ change: JobChange, ends: Bool) {
        pending.withLock { $0.append(Item(change: change, ends: ends)) }
        wake.yield()
    }

    /// Ends `run` once everything that was added is sent.
    func finish() { wake.finish() }

    /// Sends until `finish`; `sent` gets every answer.
    func run(
        to source: any WorkSource, timekeeper: Timekeeper, failed: (any Error) -> Void,
        sent: ([(Item, ChangeAnswer)]) -> Void
    ) async {
        for await _ in signal { await sendAll(to: source, timekeeper, failed, sent) }
        await sendAll(to: source, timekeeper, failed, sent)
    }

    private func sendAll(
        to source: any WorkSource, _ timekeeper: Timekeeper, _ failed: (any Error) -> Void,
        _ sent: ([(Item, ChangeAnswer)]) -> Void
    ) async {
        while true {
            let items = pending.withLock { pending in
                let items = Array(pending.prefix(Self.mostInOneCall))
                pending.removeFirst(items.count)
                return items
            }
            if items.isEmpty { return }
            let answers = await send(items.map(\.change), to: source, timekeeper, failed)
            sent(Array(zip(items, answers)))
        }
    }

    private func send(
        _ changes: [JobChange], to source: any WorkSource, _ timekeeper: Timekeeper, _ failed: (any Error) -> Void
    ) async -> [ChangeAnswer] {
        var wait = Duration.milliseconds(50)
        while true {
            do {
                return try await source.report(changes)
            } catch {
                failed(error)
                do {
                    try await timekeeper.sleep(wait)
                } catch {
                    // Cancelled: the process is being ended. The leases run out, and the attempts count as lost.
                    return changes.map { _ in .unknown }
                }
                wait = min(wait * 2, .seconds(5))
            }
        }
    }
}
