import Foundation
import HummingbirdTesting
import Logging
import LovageAPI
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageTesting
import Testing

@testable import LovageServer

/// What only a socket can show: time-outs, limits on what is sent, and requests that are no HTTP. The time-outs are short
/// here, and every test waits for the server to act, not for a time.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ConnectionTests {
    private func bed() -> Bed {
        Bed {
            $0.headTimeout = .milliseconds(300)
            $0.bodyTimeout = .milliseconds(600)
            $0.idleTimeout = .seconds(2)
        }
    }

    private func served(_ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        try await bed().run(.live) { api in try await body(try #require(api.client.port)) }
    }

    /// On a connection of its own: one that was opened before may have been closed for being idle.
    private func isAlive(_ port: Int) async throws -> Bool {
        let socket = try Socket(port: port)
        await socket.send("GET /api/v1/health/live HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n")
        return await socket.readAll(within: 20).hasPrefix("HTTP/1.1 200")
    }

    private static let host = "Host: localhost\r\n"

    @Test func `a head that dribbles in is cut off`() async throws {
        try await served { port in
            let socket = try Socket(port: port)
            await socket.send("GET /api/v1/health HTTP/1.1\r\n")
            // One byte now and then keeps the connection from being idle; it must not keep it open.
            #expect(await socket.send(upTo: 1_000, pausing: 20_000) { _ in "X" } < 1_000)
            #expect(await socket.isClosed(within: 20))
            #expect(try await isAlive(port))
        }
    }

    @Test func `a body that dribbles in is cut off`() async throws {
        try await served { port in
            let socket = try Socket(port: port)
            await socket.send(
                "POST /api/v1/jobs HTTP/1.1\r\n\(Self.host)Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
            )
            #expect(await socket.send(upTo: 1_000, pausing: 20_000) { _ in "x" } < 1_000)
        }
    }

    @Test func `an idle connection is closed`() async throws {
        try await served { port in
            let socket = try Socket(port: port)
            #expect(await socket.isClosed(within: 20))
        }
    }

    @Test func `a large body is refused before it is sent`() async throws {
        try await served { port in
            let socket = try Socket(port: port)
            await socket.send(
                "POST /api/v1/jobs HTTP/1.1\r\n\(Self.host)Content-Type: application/json\r\nContent-Length: 1048577\r\n\r\n{"
            )
            let answer = await socket.readAll(within: 20)
            #expect(answer.hasPrefix("HTTP/1.1 413"))
            #expect(answer.contains("body_too_large"))
        }
    }

    @Test func `an endless body is cut at the limit`() async throws {
        try await served { port in
            let socket = try Socket(port: port)
            await socket.send(
                "POST /api/v1/jobs HTTP/1.1\r\n\(Self.host)Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            let chunk = "10000\r\n" + String(repeating: "y", count: 0x10000) + "\r\n"
            let sent = await socket.send(upTo: 4_000) { _ in chunk }
            #expect(sent < 1_000)
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0x5\r\n\r\nhello",
        "GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\nX : y\r\n\r\n",
        job("HTTP/1.1", "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked"),
        job("HTTP/1.1", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
        job("HTTP/1.1", "Transfer-Encoding: identity, chunked"),
        job("HTTP/1.0", "Transfer-Encoding: chunked"),
        "GARBAGE\r\n\r\n",
    ])
    func `a request that could be read in two ways is refused and its connection closed`(_ text: String) async throws {
        try await served { port in
            let socket = try Socket(port: port)
            await socket.send(text)
            let answer = await socket.readAll(within: 20)
            #expect(answer.hasPrefix("HTTP/1.1 4"), "\(answer.prefix(200))")
            #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2, "\(answer)")
            #expect(try await isAlive(port))
        }
    }

    /// A job that would be taken, but for how its end is said.
    private static func job(_ version: String, _ framing: String) -> String {
        "POST /api/v1/jobs \(version)\r\nHost: localhost\r\nContent-Type: application/json\r\n\(framing)\r\n\r\n"
            + "c\r\n{\"kind\":\"k\"}\r\n0\r\n\r\n"
    }

    @Test func `a body in chunks is taken`() async throws {
        try await served { port in
            let socket = try Socket(port: port)
            await socket.send(Self.job("HTTP/1.1", "Transfer-Encoding: Chunked\r\nConnection: close"))
            #expect(await socket.readAll(within: 20).hasPrefix("HTTP/1.1 201"))
        }
    }

    @Test(arguments: [
        "-1\r\n{}\r\n0\r\n\r\n", "ffffffffffffffffff\r\n{}\r\n0\r\n\r\n", "2\n{}\n0\n\n", "2\r\n{}xx", "zz\r\n",
    ])
    func `a body in broken chunks is refused as the client's fault, once, and fills no log`(_ body: String) async throws
    {
        let lines = LogLines()
        let bed = Bed(logger: lines.logger)
        try await bed.run(.live) { api in
            let port = try #require(api.client.port)
            let socket = try Socket(port: port)
            await socket.send(
                "POST /api/v1/jobs HTTP/1.1\r\n\(Self.host)Content-Type: application/json\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n\(body)")
            let answer = await socket.readAll(within: 20)
            #expect(answer.hasPrefix("HTTP/1.1 400"), "\(answer.prefix(200))")
            #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2, "\(answer)")
            #expect(try await isAlive(port))
        }
        #expect(lines.atLeast(.info).isEmpty, "\(lines.atLeast(.info))")
    }

    @Test(arguments: [
        "Content-Length: 2\r\nTrailer: X-A\r\nTransfer-Encoding: xchunked\r\n\r\n{}",
        "Transfer-Encoding: xchunked\r\n\r\n{}",
        "Content-Length: 100\r\n\r\n{\"kind\":", "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"k",
    ])
    func `a client that leaves in the middle of a body, or encodes it strangely, fills no log`(_ rest: String)
        async throws
    {
        let lines = LogLines()
        let bed = Bed(logger: lines.logger)
        try await bed.run(.live) { api in
            let port = try #require(api.client.port)
            let socket = try Socket(port: port)
            await socket.send(
                "POST /api/v1/jobs HTTP/1.1\r\n\(Self.host)Content-Type: application/json\r\n\(rest)")
            socket.closeWriting()
            let answer = await socket.readAll(within: 20)
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(answer.prefix(200))")
            #expect(try await isAlive(port))
        }
        #expect(lines.atLeast(.info).isEmpty, "\(lines.atLeast(.info))")
    }

    @Test func `a key or query that is no UTF-8 is refused and not repaired`() async throws {
        try await served { port in
            let job = #"{"kind":"k"}"#
            for request in [
                "POST /api/v1/jobs HTTP/1.1\r\n\(Self.host)Content-Type: application/json\r\nContent-Length: \(job.utf8.count)\r\n"
                    + "Idempotency-Key: caf\u{1}\r\nConnection: close\r\n\r\n\(job)",
                "GET /api/v1/jobs?status=caf\u{1} HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n",
            ] {
                let socket = try Socket(port: port)
                await socket.send(bytes: request.utf8.map { $0 == 1 ? 0xe9 : $0 })
                let answer = await socket.readAll(within: 20)
                #expect(answer.hasPrefix("HTTP/1.1 400"), "\(answer)")
            }
        }
    }

    @Test func `a flood of headers is refused`() async throws {
        try await served { port in
            let socket = try Socket(port: port)
            await socket.send("GET /api/v1/health HTTP/1.1\r\n\(Self.host)")
            _ = await socket.send(upTo: 200_000) { "a\($0): b\r\n" }
            #expect(await socket.readAll(within: 20).hasPrefix("HTTP/1.1 4"))
            #expect(try await isAlive(port))
        }
    }

    @Test func `one Host is required, and a second one is refused`() async throws {
        try await served { port in
            for hosts in [
                "", "Host: localhost\r\nHost: localhost\r\n", "Host: evil.example\r\n", "Host: localhost:1\r\n",
            ] {
                let socket = try Socket(port: port)
                await socket.send("GET /api/v1/health HTTP/1.1\r\n\(hosts)Connection: close\r\n\r\n")
                #expect(await socket.readAll(within: 20).hasPrefix("HTTP/1.1 421"))
            }
        }
    }

    @Test func `many slow clients do not keep others waiting`() async throws {
        // They are not cut off before the suite's time is over: whoever waited for them would wait as long.
        let patient = Bed { $0.headTimeout = .seconds(120) }
        try await patient.run(.live) { api in
            let port = try #require(api.client.port)
            let sockets = try (0..<200).map { _ in try Socket(port: port) }
            for socket in sockets { await socket.send("GET /api") }
            #expect(try await isAlive(port))
        }
    }
}

/// A TCP connection to this machine, whose blocking calls run on threads of their own: those of the tests' tasks are few,
/// and the server under test needs them.
final class Socket: Sendable {
    private let descriptor: CInt

    init(port: Int) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
    }

    deinit { close(descriptor) }

    /// Sends nothing more, and still reads.
    func closeWriting() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// Sends a text; false when the other side has closed.
    @discardableResult func send(_ text: String) async -> Bool { await apart { self.sendNow(Array(text.utf8)) } }

    /// Sends bytes; false when the other side has closed.
    @discardableResult func send(bytes: [UInt8]) async -> Bool { await apart { self.sendNow(bytes) } }

    /// Sends a text again and again, waiting in between, until the other side has closed or `limit` times; how often.
    func send(upTo limit: Int, pausing microseconds: UInt32 = 0, _ text: @escaping @Sendable (Int) -> String) async
        -> Int
    {
        await apart {
            var sent = 0
            while sent < limit, self.sendNow(Array(text(sent).utf8)) {
                sent += 1
                usleep(microseconds)
            }
            return sent
        }
    }

    /// Sends a text again and again until the other side takes no more for a second, or `limit` times; how often.
    func sendUntilStuck(_ text: String, upTo limit: Int) async -> Int {
        await apart {
            var sent = 0
            while sent < limit, self.sendNow(Array(text.utf8), patience: 1) { sent += 1 }
            return sent
        }
    }

    private func apart<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: body()) }
        }
    }

    private func sendNow(_ all: [UInt8], patience seconds: Int = 20) -> Bool {
        var bytes = all[...]
        setTimeout(SO_SNDTIMEO, seconds)
        while !bytes.isEmpty {
            let sent = bytes.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            if sent <= 0 { return false }
            bytes = bytes.dropFirst(sent)
        }
        return true
    }

    /// What comes until the other side closes, or nothing comes for so many seconds.
    func readAll(within seconds: Int) async -> String {
        String(decoding: await apart { self.read(within: seconds).bytes }, as: UTF8.self)
    }

    /// True when the other side closes before nothing has come for so many seconds.
    func isClosed(within seconds: Int) async -> Bool { await apart { self.read(within: seconds).isClosed } }

    private func read(within seconds: Int) -> (bytes: [UInt8], isClosed: Bool) {
        setTimeout(SO_RCVTIMEO, seconds)
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 { return (all, true) }
            if count < 0 { return (all, errno != EAGAIN) }
            all += buffer[..<count]
        }
    }

    private func setTimeout(_ option: CInt, _ seconds: Int) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }
}
