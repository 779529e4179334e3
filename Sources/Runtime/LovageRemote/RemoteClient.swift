#if Server
package import AsyncHTTPClient
package import LovageAPI
package import LovageCore
import Foundation
import NIOCore
import NIOHTTP1

/// Speaks to a server over HTTP: one method for each route, typed both ways.
///
/// Every call throws `RemoteError`, or `CancellationError` when the task is cancelled. Nothing is tried again by
/// itself: a caller that does so gives submissions an idempotency key.
package struct RemoteClient: Sendable {
    /// Such as `http://127.0.0.1:4710` or `unix:/var/lib/lovage/lovage.sock`: what errors call it.
    package let server: String
    /// What the paths of requests follow.
    private let base: String
    private let token: TokenText?
    private let http: HTTPClient
    private let timeout: Duration
    /// The largest answer that is read at once.
    private static let mostBytes = 64 << 20

    /// Makes a client of the server at this address, which has no path, or which is `unix:` and the path of a socket; a
    /// call that takes longer than `timeout` fails. `socket` is a shorter path to the same socket, as systems take no more
    /// than 107 bytes. `token` is sent with every request; who gets it is the caller's affair.
    package init(
        server: String, socket: String? = nil, token: TokenText? = nil, http: HTTPClient? = nil,
        timeout: Duration = .seconds(30)
    ) {
        self.server = server
        self.token = token
        base =
            server.hasPrefix(Self.socketScheme)
            ? "http+unix://" + PercentCoding.encode(socket ?? String(server.dropFirst(Self.socketScheme.count)))
            : server
        self.http = http ?? Self.shared
        self.timeout = timeout
    }

    /// How the address of a socket begins; its path follows.
    package static let socketScheme = "unix:"

    /// One for the process, never shut down. It says at once that nobody listens instead of trying for as long as a call
    /// may take, follows no redirects (nothing of ours sends one), and lets go of a connection before the server does.
    private static let shared: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(5)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.idleTimeout = .seconds(20)
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// Calls a route and reads its JSON.
    func call<Answer: APIObject>(
        _ route: Route, _ path: [String] = [], query: [(String, String?)] = [], body: (any APIObject)? = nil,
        waiting: Duration = .zero, as type: Answer.Type = Answer.self
    ) async throws -> Answer {
        let text = try await text(route, path, query: query, body: body, waiting: waiting)
        do {
            return try Answer(text, isStrict: false)
        } catch {
            throw RemoteError(.unexpected(error.message, status: 200), server: server)
        }
    }

    /// Calls a route and answers the JSON as it came.
    package func text(
        _ route: Route, _ path: [String] = [], query: [(String, String?)] = [], body: (any APIObject)? = nil,
        waiting: Duration = .zero
    ) async throws -> JSONText {
        let request = try request(route, path, query, body)
        let response = try await reaching { try await http.execute(request, timeout: TimeAmount(timeout + waiting)) }
        let bytes = try await reaching {
            Array(try await response.body.collect(upTo: Self.mostBytes).readableBytesView)
        }
        return try json(bytes, status: Int(response.status.code))
    }

    /// Opens a response whose body is read as it comes.
    func open(
        _ route: Route, _ path: [String], query: [(String, String?)], headers: [(String, String)] = []
    ) async throws -> HTTPClientResponse {
        var request = try request(route, path, query, nil)
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        // The deadline holds for the head only; output may take as long as the attempt does.
        let response = try await reaching { [request] in try await http.execute(request, deadline: .distantFuture) }
        guard response.status == .ok else {
            let bytes = try await reaching {
                Array(try await response.body.collect(upTo: Self.mostBytes).readableBytesView)
            }
            _ = try json(bytes, status: Int(response.status.code))
            throw RemoteError(.unexpected("no output", status: Int(response.status.code)), server: server)
        }
        return response
    }

    private func request(
        _ route: Route, _ path: [String], _ query: [(String, String?)], _ body: (any APIObject)?
    ) throws(RemoteError) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: base + Self.target(route, path, query))
        request.method = HTTPMethod(rawValue: route.method.rawValue)
        request.headers.add(name: "accept", value: "application/json")
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token.text)") }
        // HTTP wants a name; a socket has none.
        if server.hasPrefix(Self.socketScheme) { request.headers.add(name: "host", value: "localhost") }
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            let bytes = body.json.bytes
            guard bytes.count <= route.mostBodyBytes else { throw tooLarge(bytes.count, route) }
            request.body = .bytes(ByteBuffer(bytes: bytes))
        }
        return request
    }

    /// Said here, because a server that refuses a body while it is still being sent may not be heard.
    private func tooLarge(_ bytes: Int, _ route: Route) -> RemoteError {
        let problem = ProblemView(
            .bodyTooLarge, "the request has \(bytes) bytes, at most \(route.mostBodyBytes) are taken at once",
            hint: "send less at once, or a reference to large data instead of the data")
        return RemoteError(.refused(problem, status: problem.code.status), server: server)
    }

    /// The path and query of a call; `path` fills the placeholders in their order.
    static func target(_ route: Route, _ path: [String], _ query: [(String, String?)]) -> String {
        var values = path[...]
        let parts = route.path.split(separator: "/").map { part in
            part.hasPrefix("{") ? PercentCoding.encode(values.popFirst() ?? "") : String(part)
        }
        let pairs = query.compactMap { name, value in value.map { "\(name)=\(PercentCoding.encode($0))" } }
        let target = Route.base + "/" + parts.joined(separator: "/")
        return pairs.isEmpty ? target : target + "?" + pairs.joined(separator: "&")
    }

    private func json(_ bytes: [UInt8], status: Int) throws(RemoteError) -> JSONText {
        do {
            let text = try JSONText(validating: bytes, limits: .trusted)
            if (200..<300).contains(status) { return text }
            throw RemoteError(.refused(try ErrorView(text, isStrict: false).error, status: status), server: server)
        } catch let error as RemoteError {
            throw error
        } catch {
            let excerpt = String(decoding: bytes.prefix(200), as: UTF8.self)
            throw RemoteError(.unexpected(excerpt, status: status), server: server)
        }
    }

    /// Names what goes wrong between us and the server.
    func reaching<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch {
            throw named(error)
        }
    }

    /// The error a caller sees for one of the HTTP client's.
    func named(_ error: any Error) -> any Error {
        switch error {
        case is CancellationError, is RemoteError: error
        case let error as HTTPClientError where error == .cancelled: CancellationError()
        case let error as HTTPClientError where Self.timeouts.contains(error): RemoteError(.timedOut, server: server)
        case is NIOTooManyBytesError:
            RemoteError(.unexpected("more than \(Self.mostBytes) bytes", status: 200), server: server)
        case let error as IOError where error.errnoCode == EACCES: RemoteError(.forbidden, server: server)
        default: RemoteError(.noServer(Self.cause(error)), server: server)
        }
    }

    private static let timeouts: [HTTPClientError] = [
        .deadlineExceeded, .connectTimeout, .readTimeout, .writeTimeout, .getConnectionFromPoolTimeout,
    ]

    private static func cause(_ error: any Error) -> String {
        if let code = (error as? IOError)?.errnoCode {
            if code == ENOENT { return "there is no socket" }
            if code == ECONNREFUSED { return "the connection was refused" }
            if code == ECONNRESET || code == EPIPE { return RemoteError.lostConnection }
        }
        if let error = error as? HTTPClientError {
            return error == .remoteConnectionClosed
                ? RemoteError.lostConnection : "the connection failed: \(error.shortDescription)"
        }
        let text = "\(error)"
        return text.contains("ECONNREFUSED") || text.contains("refused") ? "the connection was refused" : text
    }
}
#endif
