#if Server
package import Logging
import Synchronization

extension Logger {
    /// The same logger for the machinery of services, which calls it an error when a service ends because it was cancelled:
    /// what a task says after it was cancelled is left out.
    package var untilCancelled: Logger { until(nil) }

    /// As `untilCancelled`, and nothing either from tasks that were not cancelled themselves once `ending` has begun.
    func until(_ ending: Ending?) -> Logger {
        var logger = Logger(label: label, factory: { _ in HandlerUntilCancelled(inner: handler, ending: ending) })
        logger.logLevel = logLevel
        return logger
    }
}

/// Whether something was cancelled.
final class Ending: Sendable {
    private let flag = Atomic(false)
    var hasBegun: Bool { flag.load(ordering: .acquiring) }
    func begin() { flag.store(true, ordering: .releasing) }
}

/// Passes on what tasks say until they are cancelled.
private struct HandlerUntilCancelled: LogHandler {
    var inner: any LogHandler
    let ending: Ending?

    var logLevel: Logger.Level {
        get { inner.logLevel }
        set { inner.logLevel = newValue }
    }

    var metadata: Logger.Metadata {
        get { inner.metadata }
        set { inner.metadata = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { inner[metadataKey: key] }
        set { inner[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) {
        if !Task.isCancelled, ending?.hasBegun != true { inner.log(event: event) }
    }
}
#endif
