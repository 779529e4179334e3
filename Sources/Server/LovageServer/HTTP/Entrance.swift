#if Server
/// A way into the server, which decides what is asked of those who come in by it.
enum Entrance: Sendable, Hashable {
    /// The Unix socket. The file system has said already who may open it, and no browser can.
    case socket(path: String)
    /// A port of this machine, which every local account, every container on the host's network and every page in a
    /// browser can reach; `isOpen` when its owner said that all of them may use it.
    case tcp(isOpen: Bool)

    /// Who comes in by it, as far as it tells.
    var name: String {
        switch self {
        case .socket: "the socket"
        case .tcp: "anybody on the open port"
        }
    }
}
#endif
