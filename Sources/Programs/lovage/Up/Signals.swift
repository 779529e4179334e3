import Dispatch
import Foundation

/// SIGTERM and SIGINT as they come.
enum Signals {
    /// Yields for each; their ordinary effect is off from now on.
    static func endings() -> AsyncStream<Int32> {
        AsyncStream { continuation in
            let sources = [SIGTERM, SIGINT].map { number in
                // The source only sees the signal when its ordinary effect is off.
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler { continuation.yield(number) }
                source.resume()
                return source
            }
            let kept = Kept(sources)
            continuation.onTermination = { _ in kept.cancel() }
        }
    }

    /// Sources live as long as somebody holds them.
    private final class Kept: @unchecked Sendable {
        // Dispatch objects may be cancelled from any thread; nothing else is done with them.
        private let sources: [any DispatchSourceSignal]
        init(_ sources: [any DispatchSourceSignal]) { self.sources = sources }
        func cancel() { for source in sources { source.cancel() } }
    }
}
