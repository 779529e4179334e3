#if Server
import Hummingbird
import HummingbirdCore
import LovageAPI
import LovageClient
package import LovageCore
package import LovageStore
package import Logging
import Foundation
import NIOCore
import ServiceLifecycle

/// The HTTP face of a store; a `Service` for a `ServiceGroup`.
///
/// Graceful shutdown accepts no more connections, ends every wait at once with what there is, and lets answers under
/// way be written.
package struct HTTPService: Service {
    private let configuration: ServerConfiguration
    private let responder: APIResponder
    private let logger: Logger
    private let listening: @Sendable (Int) async -> Void

    /// Makes a service; it listens from `run` on, and then tells `listening` its port.
    package init(
        configuration: ServerConfiguration, store: any Store, log: any AttemptLog, logger: Logger,
        timekeeper: Timekeeper = .continuous, makeUUID: @escaping @Sendable (WallTime) -> UUIDv7 = Client.randomUUID,
        listening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.logger = logger
        self.listening = listening
        let operations = Operations(
            store: store, log: log, timekeeper: timekeeper, makeUUID: makeUUID, version: configuration.version,
            began: store.now(), applied: configuration.applied)
        responder = APIResponder(operations: operations, matcher: RouteMatcher(Route.all), logger: logger)
    }

    /// Serves until graceful shutdown or cancellation; throws at once what makes it useless from the start: a bad
    /// configuration, or a port that is taken.
    package func run() async throws {
        if let problem = configuration.problems.first { throw ServerError(problem) }
        do {
            try await application.run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw ServerError(
                "port \(configuration.port) on \(configuration.host) is taken: another server runs there; "
                    + "stop it, or choose another port")
        }
    }

    var application: Application<APIResponder> {
        let limits = configuration
        let http = HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                ConnectionLimits(head: limits.headTimeout, body: limits.bodyTimeout, write: limits.idleTimeout)
            ],
            idleTimeout: TimeAmount(limits.idleTimeout),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100))
        let listening = listening
        var quiet = logger
        // Hummingbird's own lines say nothing that ours do not.
        quiet.logLevel = max(.notice, logger.logLevel)
        return Application(
            responder: responder, server: .http1(configuration: http),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                availableConnectionsDelegate: MaximumAvailableConnections(configuration.mostConnections)),
            onServerRunning: { channel in await listening(channel.localAddress?.port ?? limits.port) }, logger: quiet)
    }
}
#endif
