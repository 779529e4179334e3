import LovageAPI
import LovageCore

extension FuzzTarget {
    /// As the server sees it once the head is taken apart: `METHOD PATH?QUERY` on the first line, then the body.
    static let requests = FuzzTarget("requests", "a path, a query and a body sent to the API") { bytes in
        let (line, body) = firstLine(of: bytes)
        let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        let target = words.last?.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false) ?? []
        guard let method = words.first, let path = target.first,
            case .found(let route, let values) = matcher.match(String(method), path)
        else { return }
        try promise(Set(values.keys) == Set(route.placeholders), "\(path) has not the parts of \(route.path)")
        for (name, value) in values {
            let again = PercentCoding.decode(PercentCoding.encode(value))
            try promise(!value.isEmpty && again == value, "'\(value)' is no good as \(name)")
        }
        if target.count > 1 { try checkQuery(String(target[1]), route) }
        if !body.isEmpty { try checkBody(body, route) }
    }

    private static let matcher = RouteMatcher(Route.all)

    static func firstLine(of bytes: [UInt8]) -> (line: String, rest: [UInt8]) {
        let parts = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
        return (String(decoding: parts[0], as: UTF8.self), parts.count > 1 ? Array(parts[1]) : [])
    }

    private static func checkQuery(_ query: String, _ route: Route) throws(BrokenPromise) {
        do {
            let reader = try QueryReader(query, route)
            // Every reader that an operation uses, each on whatever stands there.
            _ = try (reader.name("queue", QueueName.self), reader.name("kind", Kind.self), reader.text("status"))
            _ = try (reader.word("state", JobState.Name.self), reader.word("outcome", Outcome.Name.self))
            _ = try (reader.id("workflow", WorkflowID.self), reader.boolean("follow"))
            _ = try (reader.integer("attempt", in: 1...Int.max), reader.integer("version", in: 1...Int.max))
            _ = try (reader.seconds("timeout", upTo: 60), reader.page())
        } catch {
            try promise(error.field != nil, "'\(query)' is refused without naming a parameter: \(error.message)")
        }
    }

    private static func checkBody(_ body: [UInt8], _ route: Route) throws {
        let text: JSONText
        do {
            text = try JSONText(validating: body, limits: .body)
        } catch {
            try promise(!ProblemView(error).message.isEmpty, "a body is refused for no reason")
            return
        }
        switch route.request?.name {
        case "SubmitRequest":
            guard let request = try check(text, SubmitRequest.self) else { return }
            let sent = text.members()?.first { $0.key == "arguments" }?.value
            try promise(request.arguments == sent ?? .emptyObject, "arguments were not kept as sent: '\(text)'")
            _ = request.options.applied(to: JobOptions())
        case "BulkRequest": _ = try check(text, BulkRequest.self)
        case "CancelRequest": _ = try check(text, CancelRequest.self)
        case "TokenRequest": _ = try check(text, TokenRequest.self)
        case "RetryRequest": _ = try check(text, RetryRequest.self)
        case "RunCancelRequest": _ = try check(text, RunCancelRequest.self)
        case "RunRequest": _ = try check(text, RunRequest.self)
        case "ApplyRequest": _ = try check(text, ApplyRequest.self)
        case "QueueChange": _ = try check(text, QueueChange.self)
        case let other: try promise(other == nil, "nobody checks \(other ?? "")")
        }
    }

    /// What is taken is the same when a client sends it again; what is not says which field is wrong.
    private static func check<Request: APIObject & Hashable>(_ text: JSONText, _: Request.Type) throws(BrokenPromise)
        -> Request?
    {
        let request: Request
        do {
            request = try Request(text, isStrict: true)
        } catch {
            let isNamed = error.field != nil || text.members() == nil
            try promise(isNamed, "'\(text)' is refused without naming a field: \(error.message)")
            return nil
        }
        let written = request.json
        do {
            let again = try Request(try JSONText(validating: written.bytes, limits: .trusted), isStrict: true)
            try promise(again == request, "'\(text)' is another request when sent again: '\(written)'")
        } catch let broken as BrokenPromise {
            throw broken
        } catch {
            throw BrokenPromise(description: "'\(text)' is refused when sent again as '\(written)': \(error)")
        }
        return request
    }
}
