#if Server
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

// Hummingbird bounds only how long a connection is idle between whole parts of a request. A client that sends a byte
// now and then, or never reads, would hold its connection for long, so each phase gets a deadline of its own here:
//
//   first byte ──► head complete        headTimeout
//   head complete ──► body complete     bodyTimeout
//   answer cannot be written ──► can    idleTimeout
//
// `FirstByteHandler` sits before the HTTP decoder, because only there can the first byte be seen.
//
// The same handler tells `Connections` what its connection is about, and its `Departure` when the client has left: a
// wait must not outlive whoever waits.

/// Closes connections whose client is too slow, and those whose answer says `Connection: close`.
final class ConnectionLimits: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let headTimeout: TimeAmount
    private let bodyTimeout: TimeAmount
    private let writeTimeout: TimeAmount
    private let connections: Connections
    private let departure = Departure()
    /// How long a client may still read an answer after which the connection is closed.
    private static let linger = TimeAmount.seconds(2)
    /// How many bytes of answers the system may hold for a client that does not read, instead of megabytes.
    private static let sendBuffer = 256 << 10

    private var reading: Scheduled<Void>?
    private var writing: Scheduled<Void>?
    private var isInRequest = false
    /// Requests whose answer is not complete; more than one when the client sends ahead.
    private var unanswered = 0
    private var closesAfterAnswer = false
    /// The last answer is on its way.
    private var isClosing = false

    init(head: Duration, body: Duration, write: Duration, connections: Connections) {
        self.connections = connections
        headTimeout = TimeAmount(head)
        bodyTimeout = TimeAmount(body)
        writeTimeout = TimeAmount(write)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let watcher = FirstByteHandler { [weak self] in
            guard let self else { return }
            bytesArrived(context)
        }
        // Cannot fail on a channel that is being set up; if it did, the idle time-out would still hold.
        _ = try? context.pipeline.syncOperations.addHandler(watcher, position: .first)
        let pipeline = context.pipeline.syncOperations
        // Without a decoder there is no version either: tests feed requests as they are.
        if let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) {
            // Cannot fail either: the decoder is there.
            _ = try? pipeline.addHandler(OldVersionMarker(), position: .after(decoder))
        }
        join(context)
    }

    /// Makes the connection known, and bounds what the system keeps for it.
    private func join(_ context: ChannelHandlerContext) {
        // A channel that refuses keeps the system's own bound.
        context.channel.setOption(.socketOption(.so_sndbuf), value: Self.sendBuffer).whenFailure { _ in }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        connections.opened(ObjectIdentifier(context.channel), departure) {
            loop.execute {
                let (limits, context) = bound.value
                if limits.isInRequest || limits.unanswered == 0 { context.close(promise: nil) }
            }
        }
        let (connections, departure, id) = (connections, departure, ObjectIdentifier(context.channel))
        context.channel.closeFuture.whenComplete { _ in
            connections.closed(id)
            departure.leave()
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        cancel()
        departure.leave()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { departure.leave() }
        context.fireUserInboundEventTriggered(event)
    }

    /// Tells what the connection is about now.
    private func tell(_ context: ChannelHandlerContext) {
        let phase: ConnectionLedger<ObjectIdentifier>.Phase =
            isInRequest || reading != nil && !isClosing && unanswered == 0
            ? .receiving : unanswered > 0 ? .answering : .idle
        connections.change(ObjectIdentifier(context.channel), to: phase)
    }

    private func bytesArrived(_ context: ChannelHandlerContext) {
        guard !isInRequest, reading == nil else { return }
        reading = deadline(headTimeout, context)
        tell(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            isInRequest = true
            unanswered += 1
            reading?.cancel()
            reading = deadline(bodyTimeout, context)
            tell(context)
        case .body: break
        case .end:
            isInRequest = false
            reading?.cancel()
            reading = nil
            tell(context)
        }
        context.fireChannelRead(data)
    }

    /// Once the last answer is on its way nothing more is read from the client.
    func read(context: ChannelHandlerContext) {
        if !isClosing { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writing?.cancel()
        writing = context.channel.isWritable ? nil : deadline(writeTimeout, context)
        context.fireChannelWritabilityChanged()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // Behind the last answer comes no other: what is left of a broken body is no request.
        if isClosing {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head):
            closesAfterAnswer = head.headerFields[.connection]?.lowercased() == "close"
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        case .end where closesAfterAnswer:
            unanswered = max(0, unanswered - 1)
            isClosing = true
            let written = context.eventLoop.makePromise(of: Void.self)
            written.futureResult.assumeIsolated().whenComplete { _ in self.close(context) }
            if let promise { written.futureResult.cascade(to: promise) }
            context.write(data, promise: written)
        case .end:
            unanswered = max(0, unanswered - 1)
            context.write(data, promise: promise)
            tell(context)
        }
    }

    /// Ends our side once the answer is written, and the connection a little later: closing with unread bytes would
    /// reset it, and the client might never see the answer.
    private func close(_ context: ChannelHandlerContext) {
        context.close(mode: .output, promise: nil)
        reading?.cancel()
        reading = deadline(Self.linger, context)
        tell(context)
    }

    private func deadline(_ time: TimeAmount, _ context: ChannelHandlerContext) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
    }

    private func cancel() {
        reading?.cancel()
        writing?.cancel()
        reading = nil
        writing = nil
    }
}

/// Says when bytes arrive, before they are HTTP.
private final class FirstByteHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let arrived: () -> Void
    init(_ arrived: @escaping () -> Void) { self.arrived = arrived }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        arrived()
        context.fireChannelRead(data)
    }
}
#endif
