#if Server
package import LovageAPI
package import LovageCore
import AsyncHTTPClient
import NIOCore

extension RemoteClient {
    /// The output of an attempt as it is now, all streams in order; `attempt` nil for the last one.
    package func logs(of id: JobID, attempt: Int? = nil) async throws -> [UInt8] {
        let response = try await open(
            .logs, [id.description], query: [("attempt", attempt.map(String.init))])
        return try await reaching {
            var bytes: [UInt8] = []
            for try await buffer in response.body { bytes.append(contentsOf: buffer.readableBytesView) }
            return bytes
        }
    }

    /// The output of an attempt as it is written, until it ends. To go on after a lost connection, give `after` the
    /// `next` of the last piece.
    package func followLogs(of id: JobID, attempt: Int? = nil, after: Int64 = 0) async throws -> RemoteLog {
        let response = try await open(
            .logs, [id.description],
            query: [("attempt", attempt.map(String.init)), ("follow", "true")],
            headers: [("accept", "text/event-stream"), ("last-event-id", "\(after)")])
        return RemoteLog(response.body, client: self)
    }
}

/// What follows of an attempt's output.
package struct RemoteLog: AsyncSequence, Sendable {
    /// One thing that happened.
    package enum Element: Sendable, Hashable {
        /// Something was written; `next` is where to go on after a lost connection.
        case piece(LogPieceView, next: Int64)
        /// The attempt is over; nothing follows.
        case end(LogEndView)
    }

    private let body: HTTPClientResponse.Body
    private let client: RemoteClient

    init(_ body: HTTPClientResponse.Body, client: RemoteClient) {
        self.body = body
        self.client = client
    }

    /// Begins to read; a log is read once.
    package func makeAsyncIterator() -> Iterator { Iterator(body: body.makeAsyncIterator(), client: client) }

    /// Reads events from the body as it comes.
    package struct Iterator: AsyncIteratorProtocol {
        private var body: HTTPClientResponse.Body.AsyncIterator
        private let client: RemoteClient
        private var parser = EventParser()
        private var isOver = false

        init(body: HTTPClientResponse.Body.AsyncIterator, client: RemoteClient) {
            self.body = body
            self.client = client
        }

        /// The next event; nil after the end. Throws `RemoteError` when the connection is lost before it.
        package mutating func next() async throws -> Element? {
            while !isOver {
                if let event = parser.next() {
                    guard let element = try element(event) else { continue }
                    if case .end = element { isOver = true }
                    return element
                }
                guard let bytes = try await nextBytes() else {
                    throw RemoteError(.noServer(RemoteError.lostConnection), server: client.server)
                }
                parser.feed(bytes)
            }
            return nil
        }

        private mutating func nextBytes() async throws -> [UInt8]? {
            do {
                return try await body.next(isolation: #isolation).map { Array($0.readableBytesView) }
            } catch {
                throw client.named(error)
            }
        }

        private func element(_ event: EventParser.Event) throws -> Element? {
            do {
                let text = try JSONText(validating: event.data, limits: .trusted)
                switch event.name {
                case "output": return .piece(try LogPieceView(text, isStrict: false), next: Int64(event.id) ?? 0)
                case "end": return .end(try LogEndView(text, isStrict: false))
                default: return nil
                }
            } catch {
                throw RemoteError(.unexpected("\(error)", status: 200), server: client.server)
            }
        }
    }
}
#endif
