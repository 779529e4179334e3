#if Server
package import Logging

extension Logger {
    /// The same logger for the machinery of services, which calls it an error when a service ends because it was cancelled:
    /// what a task says after it was cancelled is left out.
    package var untilCancelled: Logger {
        var logger = Logger(label: label, factory: { _ in HandlerUntilCancelled(inner: handler) })
        logger.logLevel = logLevel
        return logger
    }
}

/// Passes on what tasks say until they are cancelled.
private struct HandlerUntilCancelled: LogHandler {
    var inner: any LogHandler

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
        if !Task.isCancelled { inner.log(event: event) }
    }
}
#endif
