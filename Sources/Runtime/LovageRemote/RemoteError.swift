#if Server
package import LovageAPI

/// A call to a server that did not give what was asked for.
package struct RemoteError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What happened.
    package let reason: Reason
    /// The server's address.
    package let server: String

    /// What can happen.
    package enum Reason: Sendable, Hashable {
        /// Nobody listens there, or the connection was lost before an answer: what the system said.
        case noServer(String)
        /// The server listens on a socket that this user may not open.
        case forbidden
        /// No answer came in time.
        case timedOut
        /// The server refused, and said why.
        case refused(ProblemView, status: Int)
        /// Something answered that is not a Lovage server of this version.
        case unexpected(String, status: Int)
    }

    init(_ reason: Reason, server: String) {
        self.reason = reason
        self.server = server
    }

    /// The name of the socket in a data folder.
    package static let socketName = "lovage.sock"

    /// The data folder whose socket was asked; nil when another address was.
    private var folder: Substring? {
        let end = "/" + Self.socketName
        guard server.hasPrefix(RemoteClient.socketScheme), server.hasSuffix(end) else { return nil }
        return server.dropFirst(RemoteClient.socketScheme.count).dropLast(end.count)
    }

    static let lostConnection = "the connection was lost before the answer was whole"
    /// True when a server was there and is gone: it was stopped or killed before it answered.
    package var isLostConnection: Bool { reason == .noServer(Self.lostConnection) }

    /// What the server said; nil when it said nothing.
    package var problem: ProblemView? { if case .refused(let problem, _) = reason { problem } else { nil } }
    /// The word for programs; nil when the server said nothing.
    package var code: ErrorCode? { problem?.code }
    /// What to do about it; nil when nobody knows.
    package var hint: String? {
        switch reason {
        case .noServer:
            if let folder {
                "start one with 'lovage up --data \(folder)', or name another with --data or --server"
            } else {
                "start one with 'lovage up', or name another with --server"
            }
        case .forbidden: "run this as that user, or ask the server over TCP with --server"
        case .timedOut: "the server may be busy: try again"
        case .refused(let problem, _): problem.hint
        case .unexpected: "is \(server) a Lovage server of the same version?"
        }
    }

    /// One sentence.
    package var description: String {
        switch reason {
        case .noServer(let cause):
            if let folder {
                "no server runs on the data folder \(folder): \(cause)"
            } else {
                "no server answers at \(server): \(cause)"
            }
        case .forbidden: "\(server) is open to the user only who runs the server"
        case .timedOut: "the server at \(server) did not answer in time"
        case .refused(let problem, _): problem.message
        case .unexpected(let text, let status): "\(server) answered \(status) with something unexpected: \(text)"
        }
    }
}
#endif
