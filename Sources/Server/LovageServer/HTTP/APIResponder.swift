#if Server
import HTTPTypes
import Hummingbird
import LovageAPI
import LovageCore
import LovageStore
import Logging
import NIOCore

/// Turns HTTP requests into calls of operations, and their replies and errors into answers.
///
/// In order: who asks (`RequestGuard`), what for (`RouteMatcher`), with which parameters (`QueryReader`) and body, then
/// the operation. Every answer is JSON of ours, also the refusals, and is never to be cached, framed or sniffed.
struct APIResponder: HTTPResponder {
    let entrance: Entrance
    let operations: Operations
    let matcher: RouteMatcher
    let connections: Connections
    let logger: Logger

    func respond(to request: Request, context: APIContext) async throws -> Response {
        var response: Response
        do {
            response = try await answer(request, context)
        } catch let problem as ProblemView {
            response = refusal(problem)
        } catch let error as StoreError {
            logger.warning("Store failed a request", metadata: ["error": "\(error)"])
            response = refusal(ProblemView(error))
        } catch is CancellationError {
            response = refusal(ProblemView(.shuttingDown, "the server stops", hint: "try again when it is back"))
        } catch {
            // What went wrong inside is for the log, not for whoever asked.
            logger.error("Request failed", metadata: ["error": "\(error)", "path": "\(request.uri.path)"])
            response = refusal(ProblemView(.internal, "the server failed to answer; its log says why"))
        }
        for field in Self.security { response.headers.append(field) }
        if request.method == .head { response = response.createHeadResponse() }
        return response
    }

    private static let security: [HTTPField] = [
        ("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"), ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"),
    ].compactMap { name, value in HTTPField.Name(name).map { HTTPField(name: $0, value: value) } }

    private func answer(_ request: Request, _ context: APIContext) async throws -> Response {
        let caller = try connections.caller(context.connection)
        let changesState = request.method != .get && request.method != .head
        let head = RequestGuard.Head(
            changesState: changesState,
            hosts: [request.head.authority].compactMap { $0 }
                + (HTTPField.Name("Host").map { request.headers[values: $0] } ?? []),
            origins: request.headers[values: .origin],
            fetchSite: HTTPField.Name("Sec-Fetch-Site").flatMap { request.headers[$0] })
        if case .tcp = entrance, let problem = RequestGuard(port: context.port).problem(with: head) { throw problem }
        let target = (request.head.path ?? "").split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        switch matcher.match(request.method.rawValue, target.first ?? "") {
        case .unknown:
            throw ProblemView(
                .unknownPath, "there is nothing at '\(request.uri.path.prefix(200))'",
                hint: "see \(Route.base)/openapi.json for what there is")
        case .wrongMethod(let allowed):
            var response = refusal(
                ProblemView(
                    .wrongMethod,
                    "\(request.method.rawValue.prefix(20)) is not allowed at '\(request.uri.path.prefix(200))'",
                    hint: "use \(allowed.joined(separator: " or "))"))
            response.headers[.allow] = allowed.joined(separator: ", ")
            return response
        case .found(let route, let path):
            let isGuarded = entrance == .tcp(isOpen: false)
            var holder: String?
            if isGuarded, route.needsToken {
                let authorizations = request.headers[values: .authorization]
                holder = try await TokenCheck(store: operations.store).holder(of: authorizations)
            }
            let query = try QueryReader(target.count > 1 ? target[1] : nil, route)
            let body = try await body(of: request, route)
            let call = Call(
                route: route, path: path, query: query, body: body,
                idempotencyKey: try idempotencyKey(request),
                lastEventID: HTTPField.Name("Last-Event-ID").flatMap { request.headers[$0] }, caller: caller)
            let reply: Reply
            do {
                reply = try await operations.perform(call)
            } catch let problem as ProblemView where isGuarded && !route.needsToken {
                // Whoever has no token learns that something is wrong, and not what.
                throw ProblemView(
                    problem.code, "the server is not ready",
                    hint: "ask \(Route.base)/health with a token for the reason")
            }
            if changesState {
                ChangeLog(logger: logger).note(call, by: holder.map { "token \($0)" } ?? entrance.name, reply)
                CrashPoint.pass("answer.before_send")
            }
            return response(reply)
        }
    }

    private func idempotencyKey(_ request: Request) throws(ProblemView) -> String? {
        guard let name = HTTPField.Name("Idempotency-Key"), let text = request.headers[name] else { return nil }
        // The HTTP library takes bytes that are no UTF-8 for U+FFFD, and two different keys would be one.
        if text.unicodeScalars.contains("\u{FFFD}") {
            throw ProblemView(
                .invalidRequest, "the Idempotency-Key header is not UTF-8", field: "Idempotency-Key",
                hint: "use ASCII, or the field idempotencyKey of the body")
        }
        guard let key = OptionsRequest.key(text) else {
            throw ProblemView(
                .invalidRequest, "the Idempotency-Key header must have 1 to 200 bytes, but has \(text.utf8.count)",
                field: "Idempotency-Key", hint: "use a shorter key")
        }
        return key
    }

    // MARK: Bodies

    private func body(of request: Request, _ route: Route) async throws -> JSONText? {
        let most = route.mostBodyBytes
        try RequestFraming.check(request.headers[values: .transferEncoding])
        let length = request.headers[.contentLength].flatMap { Int($0) }
        if let length, length > most { throw Self.tooLarge(most) }
        let isEmpty = length == 0 || (length == nil && request.headers[.transferEncoding] == nil)
        if isEmpty { return nil }
        guard route.request != nil else {
            throw ProblemView(.invalidRequest, "\(route.method.rawValue) \(route.path) takes no body")
        }
        try Self.checkMediaType(request.headers)
        let bytes = try await bytes(of: request.body, most)
        if bytes.isEmpty { return nil }
        do {
            let depth = JSONLimits.body.maxDepth
            return try JSONText(validating: bytes, limits: JSONLimits(maxBytes: most, maxDepth: depth))
        } catch {
            throw ProblemView(error)
        }
    }

    /// The bytes of a body. What ends them before their time is the client's doing and no failure of the server: broken
    /// chunks, an encoding nobody knows, trailers that may not be there, a connection that is closed in the middle.
    private func bytes(of body: RequestBody, _ most: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await buffer in body {
                guard bytes.count + buffer.readableBytes <= most else { throw Self.tooLarge(most) }
                bytes.append(contentsOf: buffer.readableBytesView)
            }
        } catch let error where !(error is ProblemView) && !(error is CancellationError) {
            logger.debug("A body was not read to its end", metadata: ["error": "\(error)"])
            throw ProblemView(
                .brokenBody, "the body ends before its time, or its encoding is broken",
                hint: "send it with its Content-Length, or in whole chunks")
        }
        return bytes
    }

    private static func checkMediaType(_ headers: HTTPFields) throws(ProblemView) {
        if let encoding = headers[.contentEncoding], encoding.lowercased() != "identity" {
            throw ProblemView(
                .wrongMediaType, "a body with the encoding '\(encoding.prefix(80))' is not taken",
                field: "Content-Encoding",
                hint: "send it uncompressed")
        }
        let said = headers[.contentType] ?? ""
        // What nearly everybody says, letter for letter.
        if said == "application/json" { return }
        guard MediaType.isJSON(said) else {
            throw ProblemView(
                .wrongMediaType, "a body of the type '\(said.prefix(80))' is not taken", field: "Content-Type",
                hint: "send JSON in UTF-8 with Content-Type: application/json")
        }
    }

    private static func tooLarge(_ most: Int) -> ProblemView {
        ProblemView(
            .bodyTooLarge, "the body has more than \(most) bytes",
            hint: "send several requests, or a reference to large data instead of the data")
    }

    // MARK: Answers

    private func refusal(_ problem: ProblemView) -> Response {
        var response = json(ErrorView(problem).json, status: problem.code.status)
        if [.queueFull, .tooManyWaits, .tooManyCalls].contains(problem.code) { response.headers[.retryAfter] = "1" }
        // Whatever is left of a body that is not read must not be taken for the next request, nor read to its end.
        if [.bodyTooLarge, .wrongMediaType, .unauthorized, .wrongFraming, .brokenBody].contains(problem.code) {
            response.headers[.connection] = "close"
        }
        if problem.code == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
        return response
    }

    private func response(_ reply: Reply) -> Response {
        switch reply {
        case .json(let text, let status): return json(text, status: status)
        case .stream(let mediaType, let write):
            return Response(
                status: .ok, headers: [.contentType: mediaType],
                body: ResponseBody { writer in
                    try await write { bytes in try await writer.write(ByteBuffer(bytes: bytes)) }
                    try await writer.finish(nil)
                })
        }
    }

    private func json(_ text: JSONText, status: Int) -> Response {
        Response(
            status: HTTPResponse.Status(code: status), headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: text.bytes)))
    }
}
#endif
