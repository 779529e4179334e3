#if Server
import LovageAPI

/// Refuses requests that a page from elsewhere could make through a person's browser.
///
/// - A page whose own name was made to point here (DNS rebinding) gives itself away by the Host header: 421.
/// - A page that sends a form or script request here (CSRF) gives itself away by Origin or Sec-Fetch-Site: 403 for
///   whatever changes something. What it reads it cannot see, because no answer has CORS headers.
struct RequestGuard: Sendable, Equatable {
    /// The parts of a request that say who asks.
    struct Head: Sendable, Equatable {
        var changesState: Bool
        var hosts: [String]
        var origins: [String]
        var fetchSite: String?
    }

    /// The port the server listens on; nil where there is no socket.
    let port: Int?

    private static let names = ["localhost", "127.0.0.1", "[::1]"]

    /// Why the request is refused; nil when it is not.
    func problem(with head: Head) -> ProblemView? {
        guard head.hosts.count == 1, let host = head.hosts.first, isOurs(host) else {
            return ProblemView(
                .wrongHost,
                "the Host header '\(head.hosts.joined(separator: ", ").prefix(80))' does not name this server",
                field: "Host", hint: "use http://127.0.0.1\(port.map { ":\($0)" } ?? "")")
        }
        guard head.changesState else { return nil }
        if let origin = head.origins.first(where: { !isOurs(origin: $0) }) {
            return ProblemView(
                .wrongOrigin, "a request from the origin '\(origin.prefix(80))' may change nothing here",
                field: "Origin", hint: "use the command line or a program")
        }
        if let site = head.fetchSite, site != "same-origin", site != "none" {
            return ProblemView(
                .wrongOrigin, "a \(site.prefix(80)) request from a browser may change nothing here",
                field: "Sec-Fetch-Site", hint: "use the command line or a program")
        }
        return nil
    }

    private func isOurs(_ host: String) -> Bool {
        let host = host.lowercased()
        return Self.names.contains { name in host == name || port.map { host == "\(name):\($0)" } == true }
    }

    /// A browser leaves the port out of an origin only where it is 80: another server's, unless that is ours.
    private func isOurs(origin: String) -> Bool {
        let scheme = "http://"
        guard origin.hasPrefix(scheme) else { return false }
        let end = port.map { $0 == 80 ? "" : ":\($0)" } ?? ""
        return Self.names.contains { origin.lowercased() == scheme + $0 + end }
    }
}
#endif
