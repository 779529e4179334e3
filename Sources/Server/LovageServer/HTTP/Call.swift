#if Server
import LovageAPI
import LovageCore

/// One request, as an operation sees it.
struct Call: Sendable {
    let route: Route
    var path: [String: String]
    let query: QueryReader
    /// The body; nil when there is none.
    let body: JSONText?
    /// The Idempotency-Key header.
    let idempotencyKey: String?
    /// The Last-Event-ID header.
    let lastEventID: String?
    /// Who asks.
    let caller: Caller

    /// The id in the path. One that is no id is none of ours, so that a caller hears the same as for any unknown one.
    func id<ID: Identifier>(_ type: ID.Type = ID.self) throws(ProblemView) -> ID {
        let text = path["id"] ?? ""
        if let id = ID(text) { return id }
        throw ProblemView(
            .invalidRequest, "'\(text.prefix(80))' is no id", field: "id",
            hint:
                "ids look like 01930a3e-0000-7000-8000-000000000000; their first six characters or more, or their last "
                + "eight, do as well")
    }

    /// The name in the path.
    func name<Named: Name>(_ type: Named.Type = Named.self) throws(ProblemView) -> Named {
        do {
            return try Named(validating: path["name"] ?? "")
        } catch {
            throw ProblemView(.invalidRequest, error.description, field: "name")
        }
    }

    /// The body as what the route takes.
    func request<Value: APIObject>(_ type: Value.Type = Value.self) throws(ProblemView) -> Value {
        guard let body = body ?? (route.isBodyOptional ? .emptyObject : nil) else {
            throw ProblemView(.invalidJSON, "the body is empty", hint: "send one JSON object")
        }
        return try Value(body, isStrict: true)
    }
}

/// What an operation answers.
enum Reply: Sendable {
    /// JSON with this status.
    case json(JSONText, status: Int)
    /// Bytes of a media type, written as they are asked for.
    case stream(mediaType: String, @Sendable @concurrent (Write) async throws -> Void)

    /// Writes bytes; returns when the client has taken enough of what was written before.
    typealias Write = @concurrent ([UInt8]) async throws -> Void

    static func object(_ object: some APIObject, status: Int = 200) -> Reply { .json(object.json, status: status) }
}
#endif
