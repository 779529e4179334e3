import Foundation
import LovageCore
import LovageRemote

/// Where a command finds its server, and what it shows there to be let in.
enum ServerPlace: Sendable, Hashable {
    /// A Unix socket with this path; whoever may open it is let in.
    case socket(String)
    /// An address such as `http://127.0.0.1:4710`.
    case http(String, Credential)

    /// Where the token for an address is.
    enum Credential: Sendable, Hashable {
        /// Nowhere: none is shown.
        case none
        /// Here.
        case token(TokenText)
        /// In a file that must be there.
        case file(String)
        /// In a file, when there is one.
        case fileIfAny(String)
    }

    /// What was said on the command line.
    struct Said: Sendable, Hashable {
        var server: String?
        var data: String?
        var tokenFile: String?
    }

    /// Chooses by what was said: `--server`, else `--data`, else `LOVAGE_SERVER`, else the socket of the data folder that
    /// `LOVAGE_DATA` or the user's defaults name. A variable that is empty counts as not set.
    init(_ said: Said, _ environment: [String: String]) throws(CommandFailure) {
        if let server = said.server {
            try self.init(server, named: "--server", said, environment)
        } else if said.data == nil, let server = environment["LOVAGE_SERVER"], !server.isEmpty {
            try self.init(server, named: "LOVAGE_SERVER", said, environment)
        } else {
            self = .socket(
                try DataFolder.url(said.data, environment).appendingPathComponent(RemoteError.socketName).path)
        }
    }

    private init(_ text: String, named name: String, _ said: Said, _ environment: [String: String])
        throws(CommandFailure)
    {
        if text.hasPrefix(RemoteClient.socketScheme) {
            let path = text.dropFirst(RemoteClient.socketScheme.count)
            guard path.hasPrefix("/") else {
                throw .usage("\(name) '\(Harmless.line(text))' has no path: write it like unix:/run/lovage/lovage.sock")
            }
            self = .socket(String(path))
            return
        }
        guard let url = URL(string: text), url.scheme == "http", let host = url.host, !host.isEmpty,
            url.user == nil, url.path.isEmpty || url.path == "/"
        else {
            throw .usage(
                "\(name) '\(Harmless.line(text))' is no address of a server: use for example http://127.0.0.1:4710, or "
                    + "unix:/path for a socket")
        }
        self = .http(
            text.hasSuffix("/") ? String(text.dropLast()) : text,
            try Self.credential(for: host, said, environment))
    }

    /// A token is shown to this machine only: over a network everybody on the way could read it.
    private static func credential(for host: String, _ said: Said, _ environment: [String: String])
        throws(CommandFailure) -> Credential
    {
        let found: Credential
        let name: String
        if let file = said.tokenFile {
            found = .file(file)
            name = "--token-file"
        } else if let text = environment["LOVAGE_TOKEN"], !text.isEmpty {
            guard let token = TokenText(text) else {
                throw .usage("LOVAGE_TOKEN holds no token: put in what 'lovage token create' printed")
            }
            found = .token(token)
            name = "LOVAGE_TOKEN"
        } else {
            guard ListenAddress.isLoopback(host) else { return .none }
            return .fileIfAny(
                try DataFolder.url(said.data, environment).appendingPathComponent(TokenFile.name).path)
        }
        guard ListenAddress.isLoopback(host) else {
            throw .usage(
                "\(name) is not sent to '\(Harmless.line(host))', because others could read it on the way: reach the "
                    + "server through an SSH tunnel to 127.0.0.1")
        }
        return found
    }

    /// A client of the server there; reads the token where it is in a file.
    func client() throws(CommandFailure) -> RemoteClient {
        switch self {
        case .socket(let path):
            RemoteClient(server: RemoteClient.socketScheme + path, socket: try SocketPath.usable(path))
        case .http(let address, let credential):
            RemoteClient(server: address, token: try Self.token(credential))
        }
    }

    private static func token(_ credential: Credential) throws(CommandFailure) -> TokenText? {
        switch credential {
        case .none: nil
        case .token(let token): token
        case .file(let path): try TokenFile(path: path).read()
        case .fileIfAny(let path):
            if access(path, R_OK) == 0 { try TokenFile(path: path).read() } else { nil }
        }
    }
}
