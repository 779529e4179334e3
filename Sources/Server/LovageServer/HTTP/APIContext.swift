#if Server
import Hummingbird

/// What is known of a request besides what it says: the port it came in by.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Nil where there is no socket.
    let port: Int?
    /// Which connection it came in by.
    let connection: ObjectIdentifier

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        port = source.channel.localAddress?.port
        connection = ObjectIdentifier(source.channel)
    }
}
#endif
