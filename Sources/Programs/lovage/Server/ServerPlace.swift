import Foundation
import LovageRemote

/// Where a command finds its server.
enum ServerPlace: Sendable, Hashable {
    /// A Unix socket with this path.
    case socket(String)
    /// An address such as `http://127.0.0.1:4710`.
    case http(String)

    /// Chooses by what was said: `--server`, else `--data`, else `LOVAGE_SERVER`, else the socket of the data folder that
    /// `LOVAGE_DATA` or the user's defaults name. A variable that is empty counts as not set.
    init(server: String?, data: String?, _ environment: [String: String]) throws(CommandFailure) {
        if let server {
            try self.init(server, named: "--server")
        } else if data == nil, let server = environment["LOVAGE_SERVER"], !server.isEmpty {
            try self.init(server, named: "LOVAGE_SERVER")
        } else {
            self = .socket(
                try DataFolder.url(data, environment).appendingPathComponent(RemoteError.socketName).path)
        }
    }

    private init(_ text: String, named name: String) throws(CommandFailure) {
        if text.hasPrefix(RemoteClient.socketScheme) {
            let path = text.dropFirst(RemoteClient.socketScheme.count)
            guard path.hasPrefix("/") else {
                throw .usage("\(name) '\(Harmless.line(text))' has no path: write it like unix:/run/lovage/lovage.sock")
            }
            self = .socket(String(path))
            return
        }
        guard let url = URL(string: text), url.scheme == "http", let host = url.host, !host.isEmpty,
            url.path.isEmpty || url.path == "/"
        else {
            throw .usage(
                "\(name) '\(Harmless.line(text))' is no address of a server: use for example http://127.0.0.1:4710, or "
                    + "unix:/path for a socket")
        }
        self = .http(text.hasSuffix("/") ? String(text.dropLast()) : text)
    }

    /// A client of the server there.
    func client() throws(CommandFailure) -> RemoteClient {
        switch self {
        case .http(let address): RemoteClient(server: address)
        case .socket(let path):
            RemoteClient(server: RemoteClient.socketScheme + path, socket: try SocketPath.usable(path))
        }
    }
}
