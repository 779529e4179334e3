#if Server
/// What a server is told when it is made.
package struct ServerConfiguration: Sendable {
    /// The path of the Unix socket it listens on, at most 107 bytes; nil for none. What was there is replaced, so its
    /// folder has to be this process's own. Default none.
    package var socket: String?
    /// Whether it listens on TCP as well. Default true.
    package var hasTCP: Bool
    /// Where it listens on TCP: `127.0.0.1` or `::1`; everything else is refused.
    package var host: String
    /// Its port; 0 for any free one. Default 4710.
    package var port: Int
    /// Whether everybody on this machine may use the API over TCP; otherwise it takes a token. Default false.
    package var isOpen: Bool
    /// What it calls itself.
    package var version: String
    /// How long the head of a request may take from its first byte. Default 10 s.
    package var headTimeout: Duration
    /// How long the body of a request may take. Default 30 s.
    package var bodyTimeout: Duration
    /// How long a connection may be idle, and a client may take nothing of an answer. Default 60 s.
    package var idleTimeout: Duration
    /// How many connections are held at once over all ways in; for one more, the one that has been idle for longest is
    /// closed. Default 800, below the usual 1,024 descriptors.
    package var mostConnections: Int
    /// How many calls wait at once; one more is refused at once with 503. What it is below `mostConnections` is left for
    /// short calls. Default 700.
    package var mostWaits: Int
    /// How long workers have to renew their leases after the whole process stood still: as long as a lease. Default 30 s.
    package var lease: Duration
    /// Called after definitions were stored, before that is answered: a worker beside the server then runs their kinds.
    package var applied: @Sendable () async throws -> Void

    /// Makes a configuration; whatever is left out has its default.
    package init(
        socket: String? = nil, hasTCP: Bool = true, host: String = "127.0.0.1", port: Int = 4710,
        isOpen: Bool = false, version: String, headTimeout: Duration = .seconds(10),
        bodyTimeout: Duration = .seconds(30), idleTimeout: Duration = .seconds(60), mostConnections: Int = 800,
        mostWaits: Int = 700, lease: Duration = .seconds(30), applied: @escaping @Sendable () async throws -> Void = {}
    ) {
        self.socket = socket
        self.hasTCP = hasTCP
        self.host = host
        self.port = port
        self.isOpen = isOpen
        self.version = version
        self.headTimeout = headTimeout
        self.bodyTimeout = bodyTimeout
        self.idleTimeout = idleTimeout
        self.mostConnections = mostConnections
        self.mostWaits = mostWaits
        self.lease = lease
        self.applied = applied
    }

    /// Holds no more connections than there are descriptors for, and lets as large a share of them wait as before.
    package mutating func fit(into descriptors: Int) {
        // Each of two ways in accepts a few more, to close the one that has been idle for longest.
        let connections = max(2, descriptors - 2 * HTTPService.surplus(over: descriptors))
        guard connections < mostConnections else { return }
        mostWaits = min(connections - 1, mostWaits * connections / mostConnections)
        mostConnections = connections
    }

    /// What is wrong with it, one sentence each; empty when nothing is.
    package var problems: [String] {
        var problems: [String] = []
        if !["127.0.0.1", "::1"].contains(host) {
            problems.append(
                "listening on '\(host)' is refused: without TLS only 127.0.0.1 and ::1 are safe; "
                    + "to reach it from elsewhere, use an SSH tunnel")
        }
        if socket == nil, !hasTCP { problems.append("there is neither a socket nor TCP to listen on: choose one") }
        if !(0...65_535).contains(port) { problems.append("port \(port) is out of range: use 0 to 65535") }
        if mostConnections < 1 { problems.append("mostConnections is \(mostConnections): use 1 or more") }
        if !(0..<max(1, mostConnections)).contains(mostWaits) {
            problems.append("mostWaits is \(mostWaits): use less than mostConnections, which is \(mostConnections)")
        }
        return problems
    }
}

/// A server could not be started.
package struct ServerError: Error, Sendable, CustomStringConvertible {
    /// One sentence with the value and the fix.
    package let description: String
    init(_ description: String) { self.description = description }
}

extension ServerConfiguration {
    /// The ways in that it has.
    var entrances: [Entrance] { (socket.map { [.socket(path: $0)] } ?? []) + (hasTCP ? [.tcp(isOpen: isOpen)] : []) }
}
#endif
