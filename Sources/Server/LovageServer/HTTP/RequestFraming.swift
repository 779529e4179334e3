#if Server
import LovageAPI
import NIOCore
import NIOHTTP1

/// Refuses bodies whose end two readers might see in different places: what one takes for the body, another would take for
/// the next request.
enum RequestFraming {
    /// Throws for any Transfer-Encoding but a single `chunked` (RFC 9112, section 6.1).
    static func check(_ encodings: [String]) throws(ProblemView) {
        guard !encodings.isEmpty, encodings.map({ $0.lowercased() }) != ["chunked"] else { return }
        throw ProblemView(
            .wrongFraming, "the Transfer-Encoding '\(encodings.joined(separator: ", ").prefix(80))' is not taken",
            field: "Transfer-Encoding", hint: "send 'chunked' once, in HTTP/1.1, or a Content-Length")
    }
}

/// Marks requests of HTTP/1.0 that have a Transfer-Encoding, which that version does not know: the version is not seen any
/// more where requests are answered.
final class OldVersionMarker: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data), (head.version.major, head.version.minor) < (1, 1),
            head.headers.contains(name: "transfer-encoding")
        else { return context.fireChannelRead(data) }
        head.headers.add(name: "transfer-encoding", value: "in HTTP/1.0")
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }
}
#endif
