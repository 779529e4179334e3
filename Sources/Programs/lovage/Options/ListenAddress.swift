/// Where the API listens: an address of this machine and a port.
struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    let host: String
    private(set) var port: Int

    /// Where the API listens when nothing else is said.
    static let standard = "127.0.0.1:4710"

    /// Reads `127.0.0.1:4710`, `localhost:4710` or `[::1]:4710`; port 0 takes a free one.
    init(_ text: String) throws(CommandFailure) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else {
            throw .usage("--listen '\(Harmless.line(text))' is no address: write it like 127.0.0.1:4710")
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard Self.isLoopback(host) else {
            throw .usage(
                "--listen '\(Harmless.line(text))' would be open to other machines, which needs TLS, and this version has "
                    + "none: use 127.0.0.1, localhost or [::1]")
        }
        (self.host, self.port) = (host == "localhost" ? "127.0.0.1" : host, port)
    }

    /// The same host with the port that was taken.
    func with(port: Int) -> ListenAddress {
        var address = self
        address.port = port
        return address
    }

    /// Only addresses that no other machine can reach.
    static func isLoopback(_ host: String) -> Bool { ["localhost", "127.0.0.1", "::1"].contains(host) }

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
