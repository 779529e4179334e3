/// Finds the route of a request by its method and path.
package struct RouteMatcher: Sendable {
    private struct Entry: Sendable {
        let parts: [String]
        let routes: [Route]
    }

    /// What a path leads to.
    package enum Match: Sendable {
        /// A route, and the values of its placeholders, decoded.
        case found(Route, [String: String])
        /// The path exists, but not with this method; these are allowed.
        case wrongMethod([String])
        /// There is no such path.
        case unknown
    }

    private let entries: [Entry]

    package init(_ routes: [Route]) {
        let byPath = Dictionary(grouping: routes, by: \.path)
        // A fixed word is tried before a placeholder in the same place: `/jobs/bulk` before `/jobs/{id}`.
        entries = byPath.map { path, routes in
            Entry(parts: path.split(separator: "/").map(String.init), routes: routes)
        }.sorted { left, right in
            left.parts.map { $0.hasPrefix("{") ? "~" : $0 }.lexicographicallyPrecedes(
                right.parts.map { $0.hasPrefix("{") ? "~" : $0 })
        }
    }

    /// What the path, without the query, leads to with this method; HEAD is served as GET.
    package func match(_ method: String, _ path: some StringProtocol) -> Match {
        guard path.hasPrefix(Route.base + "/") else { return .unknown }
        let parts = path.dropFirst(Route.base.count + 1).split(separator: "/", omittingEmptySubsequences: false)
        let method = method == "HEAD" ? "GET" : method
        for entry in entries {
            guard let values = Self.values(entry.parts, parts) else { continue }
            if let route = entry.routes.first(where: { $0.method.rawValue == method }) { return .found(route, values) }
            // A fixed word is no value of a placeholder in the same place: `GET /jobs/bulk` asks for no job.
            return .wrongMethod(entry.routes.map(\.method.rawValue).sorted())
        }
        return .unknown
    }

    private static func values(_ pattern: [String], _ parts: [some StringProtocol]) -> [String: String]? {
        guard pattern.count == parts.count else { return nil }
        var values: [String: String] = [:]
        for (expected, part) in zip(pattern, parts) {
            if expected.hasPrefix("{") {
                guard let value = PercentCoding.decode(part), !value.isEmpty else { return nil }
                values[String(expected.dropFirst().dropLast())] = value
            } else if expected != part {
                return nil
            }
        }
        return values
    }
}
