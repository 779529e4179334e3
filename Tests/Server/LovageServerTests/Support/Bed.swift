import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import LovageAPI
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageTesting
import LovageWorker
import NIOCore
import Testing

@testable import LovageServer

/// A server on a memory store, with a clock that the test owns.
struct Bed: Sendable {
    let clock = TestClock()
    let store: MemoryStore
    let log = MemoryLog()
    let service: HTTPService

    init(
        _ configure: (inout ServerConfiguration) -> Void = { _ in }, timekeeper: Timekeeper? = nil,
        condition: WorkerCondition? = nil, logger: Logger = .quiet
    ) {
        store = MemoryStore(clock: clock.now)
        var configuration = ServerConfiguration(port: 0, isOpen: true, version: "test")
        configure(&configuration)
        service = HTTPService(
            configuration: configuration, store: store, log: log, condition: condition, logger: logger,
            timekeeper: timekeeper ?? clock.timekeeper)
    }

    /// Runs `body` with a client of the server; in process, or over a socket. A worker that runs `kinds` from `queues` is alive
    /// until the clock has moved by its lease.
    func run(
        _ way: Way = .inProcess, at entrance: Entrance = .tcp(isOpen: true), kinds: Set<Kind> = ["k"],
        queues: [QueueName] = [.default],
        _ body: @escaping @Sendable (API) async throws -> Void
    ) async throws {
        if !kinds.isEmpty { try await register(kinds: kinds, queues: queues) }
        try await service.application(at: entrance).test(way == .live ? .live : .router) { client in
            try await body(API(client))
        }
    }

    /// How a test reaches the server.
    enum Way: Sendable, CaseIterable { case inProcess, live }

    let worker = WorkerID(UUIDv7(high: 0x0193_0a3e_0000_7000, low: 0x8000_0000_0000_0001))

    /// Makes a worker known that runs these kinds.
    func register(kinds: Set<Kind> = ["k"], queues: [QueueName] = [.default], slots: Int = 4) async throws {
        try await store.register(
            WorkerRecord(
                id: worker, name: "w1", offer: .init(kinds: kinds, queues: queues), slots: slots, isLocal: true),
            lease: .seconds(30))
    }

    /// Claims up to `limit` jobs of the kind `k`.
    func claim(_ limit: Int = 1, kinds: Set<Kind> = ["k"]) async throws -> [Job] {
        try await store.claim(
            ClaimRequest(
                worker: worker, offer: .init(kinds: kinds, queues: [.default]), limit: limit, starting: limit,
                lease: .seconds(30)))
    }

    /// Ends the attempt of a claimed job.
    func end(_ job: Job, _ report: AttemptReport) async throws {
        _ = try await store.apply([JobChange(job.id, .reported(fence: job.fence, report, entropy: 0))])
    }
}

extension Logger {
    /// Says nothing of what a test provokes.
    static var quiet: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }
}

/// Speaks to the server, and holds every answer against the OpenAPI document.
struct API: Sendable {
    let client: any TestClientProtocol
    private static let validator = SchemaValidator(document: OpenAPI.document(version: "test").value())

    init(_ client: any TestClientProtocol) { self.client = client }

    struct Answer: Sendable {
        let status: Int
        let headers: HTTPFields
        let bytes: [UInt8]
        let json: JSONValue
        var text: String { String(decoding: bytes, as: UTF8.self) }
        /// The code of a refusal.
        var code: String? { json["error"]?["code"]?.stringValue }
        var id: String { json["id"]?.stringValue ?? "" }
    }

    func get(_ path: String, headers: [String: String] = [:]) async throws -> Answer {
        try await call("GET", path, headers: headers)
    }

    func post(_ path: String, _ body: String? = nil, headers: [String: String] = [:]) async throws -> Answer {
        try await call("POST", path, body, headers: headers)
    }

    func call(_ method: String, _ path: String, _ body: String? = nil, headers: [String: String] = [:]) async throws
        -> Answer
    {
        try await call(method, path, bytes: body.map { Array($0.utf8) }, headers: headers)
    }

    func call(_ method: String, _ path: String, bytes: [UInt8]?, headers: [String: String] = [:]) async throws -> Answer
    {
        var fields = HTTPFields()
        if bytes != nil, headers["content-type"] == nil { fields[.contentType] = "application/json" }
        for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
        let response = try await client.executeRequest(
            uri: path.hasPrefix("/api") || !path.hasPrefix("/") ? path : Route.base + path,
            method: try #require(HTTPRequest.Method(rawValue: method)), headers: fields,
            body: bytes.map { ByteBuffer(bytes: $0) })
        let answer = Answer(
            status: response.status.code, headers: response.headers, bytes: Array(response.body.readableBytesView),
            json: method == "HEAD" ? .null : Self.json(response))
        check(answer, method, path.hasPrefix(Route.base + "/") ? String(path.dropFirst(Route.base.count)) : path)
        return answer
    }

    private static func json(_ response: TestResponse) -> JSONValue {
        guard response.headers[.contentType] == "application/json" else { return .null }
        do {
            return try JSONValue(parsing: Array(response.body.readableBytesView), limits: .trusted)
        } catch {
            Issue.record("the body is no JSON: \(error)")
            return .null
        }
    }

    /// Every answer of a documented path must be one that the document allows.
    private func check(_ answer: Answer, _ method: String, _ path: String) {
        let target = String(path.split(separator: "?", maxSplits: 1).first ?? "")
        let mediaType = String(answer.headers[.contentType]?.split(separator: ";").first ?? "")
        // These are answered before it is known whether there is such a route.
        guard !["unknown_path", "wrong_method", "wrong_host", "wrong_origin"].contains(answer.code), method != "HEAD"
        else { return }
        guard
            let schema = Self.validator.schema(
                method: method, path: target, status: answer.status, mediaType: mediaType)
        else {
            Issue.record(
                "the document has no answer \(answer.status) \(mediaType) for \(method) \(target): \(answer.text)")
            return
        }
        guard mediaType == "application/json" else { return }
        let faults = Self.validator.faults(of: answer.json, against: schema)
        #expect(faults.isEmpty, "\(method) \(path) \(answer.status): \(answer.text)")
    }
}
