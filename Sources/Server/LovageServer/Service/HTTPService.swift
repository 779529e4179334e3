#if Server
import Hummingbird
import HummingbirdCore
import LovageAPI
import LovageClient
package import LovageCore
package import LovageStore
package import LovageWorker
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
    private let operations: Operations
    /// Those of all ways in.
    let connections: Connections
    private let logger: Logger
    private let arrival: Arrival
    /// Connections that are shut down beside the task that serves them say that they are closed already.
    private let ending = Ending()

    /// Makes a service; it listens from `run` on, and then tells `listening` its port (nil without TCP). Health and
    /// explanations say what `condition` knows.
    package init(
        configuration: ServerConfiguration, store: any Store, log: any AttemptLog, condition: WorkerCondition? = nil,
        logger: Logger,
        timekeeper: Timekeeper = .continuous, makeUUID: @escaping @Sendable (WallTime) -> UUIDv7 = Client.randomUUID,
        listening: @escaping @Sendable (Int?) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.logger = logger
        arrival = Arrival(of: configuration.entrances.count, listening)
        operations = Operations(
            store: store, log: log, timekeeper: timekeeper, makeUUID: makeUUID, version: configuration.version,
            isOpen: configuration.hasTCP && configuration.isOpen, began: store.now(),
            document: OpenAPI.document(version: configuration.version), condition: condition,
            applied: configuration.applied)
        connections = Connections(
            mostConnections: configuration.mostConnections, mostWaits: configuration.mostWaits)
    }

    /// Connections beyond the bound that are accepted nevertheless: while another one is closed for them, or to be told 503
    /// instead of nothing.
    static func surplus(over connections: Int) -> Int { min(32, max(2, connections / 8)) }

    /// Serves until graceful shutdown or cancellation; throws at once what makes it useless from the start: a bad
    /// configuration, or a place to listen that cannot be had.
    package func run() async throws {
        if let problem = configuration.problems.first { throw ServerError(problem) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for entrance in configuration.entrances { group.addTask { try await serve(entrance) } }
            try await group.waitForAll()
        }
    }

    private func serve(_ entrance: Entrance) async throws {
        if case .socket(let path) = entrance, Self.isTaken(path) {
            throw ServerError("\(path) is no socket: move it away, the server listens there")
        }
        do {
            try await withTaskCancellationHandler {
                try await application(at: entrance).run()
            } onCancel: { [ending] in
                ending.begin()
            }
        } catch let error as IOError {
            throw ServerError(refusing: entrance, configuration, error.errnoCode)
        }
        // Nobody listens there any more; a file that stayed would make others wonder why.
        if case .socket(let path) = entrance { unlink(path) }
    }

    /// True when something stands there that is no socket; one of a dead server is replaced.
    private static func isTaken(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFSOCK
    }

    func application(at entrance: Entrance) -> Application<APIResponder> {
        let limits = configuration
        let connections = connections
        let http = HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                ConnectionLimits(
                    head: limits.headTimeout, body: limits.bodyTimeout, write: limits.idleTimeout,
                    connections: connections)
            ],
            idleTimeout: TimeAmount(limits.idleTimeout),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100))
        var quiet = logger.until(ending)
        // Hummingbird's own lines say nothing that ours do not.
        quiet.logLevel = max(.notice, logger.logLevel)
        let address: BindAddress =
            switch entrance {
            case .socket(let path): .unixDomainSocket(path: path)
            case .tcp: .hostname(limits.host, port: limits.port)
            }
        return Application(
            responder: APIResponder(
                entrance: entrance, operations: operations, matcher: RouteMatcher(Route.all),
                connections: connections, logger: logger),
            server: .http1(configuration: http),
            configuration: ApplicationConfiguration(
                address: address,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    limits.mostConnections + Self.surplus(over: limits.mostConnections))),
            onServerRunning: { [arrival, logger] channel in
                if case .socket(let path) = entrance, chmod(path, 0o600) != 0 {
                    // Its folder keeps others out as well.
                    logger.warning("The mode of the socket could not be set", metadata: ["errno": "\(errno)"])
                }
                await arrival.listens(at: channel.localAddress?.port)
            }, logger: quiet)
    }
}

/// Tells once that a server listens everywhere it should.
private actor Arrival {
    private var missing: Int
    private var port: Int?
    private let tell: @Sendable (Int?) async -> Void

    init(of count: Int, _ tell: @escaping @Sendable (Int?) async -> Void) {
        missing = count
        self.tell = tell
    }

    func listens(at port: Int?) async {
        missing -= 1
        if let port { self.port = port }
        if missing == 0 { await tell(self.port) }
    }
}

extension ServerError {
    /// Why a server cannot listen, with the fix.
    init(refusing entrance: Entrance, _ configuration: ServerConfiguration, _ code: CInt) {
        let reason = String(cString: strerror(code))
        let (host, port) = (configuration.host, configuration.port)
        let sentence =
            switch (entrance, code) {
            case (.socket(let path), _): "the server cannot listen on its socket \(path): \(reason)"
            case (.tcp, EADDRINUSE):
                "port \(port) on \(host) is taken: another server runs there; stop it, or choose another port"
            case (.tcp, EACCES):
                "port \(port) needs rights that this process does not have: use a port above 1023"
            case (.tcp, EADDRNOTAVAIL): "this machine has no address \(host): listen on another one"
            case (.tcp, _): "the server cannot listen on port \(port) of \(host): \(reason)"
            }
        self.init(sentence)
    }
}
#endif
