import HTTPTypes
import HummingbirdTesting
import LovageAPI
import LovageCore
import LovageStore
import LovageTesting
import Testing

@testable import LovageServer

/// Those who wait never keep out those who act. The clock stands still, so that no wait ends by itself; the suite's limit
/// is the deadline of every condition that is waited for.
@Suite(.serialized, .timeLimit(.minutes(5))) struct WaitingClientsTests {
    private static let most = 4

    private func served(_ body: @escaping @Sendable (Bed, API, Int, String) async throws -> Void) async throws {
        let bed = Bed {
            $0.mostConnections = 12
            $0.mostWaits = Self.most
        }
        try await bed.run(.live) { api in
            let id = try await api.post("/jobs", #"{"kind":"k"}"#).id
            try await body(bed, api, try #require(api.client.port), id)
        }
    }

    private static func waits(_ bed: Bed, _ count: Int) async {
        while bed.service.connections.waits != count { await Task.yield() }
    }

    private static func open(_ port: Int, _ path: String) async throws -> Socket {
        let socket = try Socket(port: port)
        await socket.send("GET \(Route.base)\(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return socket
    }

    @Test(arguments: ["/jobs/ID/wait?timeout=60", "/jobs/ID/logs?follow=true", "/queues/default/wait?timeout=60"])
    func `a wait ends when its client is gone`(_ path: String) async throws {
        try await served { bed, api, port, id in
            var sockets: [Socket] = []
            for _ in 0..<Self.most {
                sockets.append(try await Self.open(port, path.replacing("ID", with: id)))
            }
            await Self.waits(bed, Self.most)
            sockets = []
            await Self.waits(bed, 0)
            #expect(try await api.get("/health/live").status == 200)
        }
    }

    @Test func `one wait too many is refused at once, while calls that act are answered`() async throws {
        try await served { bed, api, port, id in
            var sockets: [Socket] = []
            for _ in 0..<Self.most { sockets.append(try await Self.open(port, "/jobs/\(id)/wait?timeout=60")) }
            await Self.waits(bed, Self.most)
            let refused = try await api.get("/jobs/\(id)/wait?timeout=60")
            #expect(refused.status == 503)
            #expect(refused.code == "too_many_waits")
            #expect(refused.headers[.retryAfter] == "1")
            #expect(try await api.get("/jobs/\(id)/logs?follow=true").code == "too_many_waits")
            #expect(try await api.get("/jobs/\(id)/wait?timeout=0").status == 200, "it asks without waiting")
            #expect(try await api.get("/health").status == 200)
            // With a body, because the client of the tests sends an empty one in chunks without a type.
            let cancelled = try await api.post("/jobs/\(id)/cancel", "{}")
            #expect(cancelled.status == 200, "\(cancelled.text)")
            for socket in sockets {
                let answer = await socket.readAll(within: 20)
                #expect(answer.contains(#""outcome":"cancelled""#), "\(answer)")
            }
            await Self.waits(bed, 0)
            #expect(try await api.get("/jobs/\(id)/wait?timeout=60").status == 200)
        }
    }

    @Test func `a client that only sends nothing more is answered with what there is`() async throws {
        try await served { bed, _, port, id in
            let socket = try await Self.open(port, "/jobs/\(id)/wait?timeout=60")
            await Self.waits(bed, 1)
            socket.closeWriting()
            let answer = await socket.readAll(within: 20)
            #expect(answer.hasPrefix("HTTP/1.1 200"), "\(answer)")
            #expect(answer.contains(#""state":"ready""#), "\(answer)")
        }
    }

    @Test func `idle connections make room for those that ask`() async throws {
        try await served { _, _, port, _ in
            let idle = try (0..<30).map { _ in try Socket(port: port) }
            let asks = try await Self.open(port, "/health/live")
            #expect(await asks.readAll(within: 20).hasPrefix("HTTP/1.1 200"))
            #expect(await idle[0].isClosed(within: 20))
        }
    }

    @Test func `who sends requests ahead and reads no answer is not served for ever`() async throws {
        try await served { _, api, port, _ in
            let socket = try Socket(port: port)
            let request = "GET \(Route.base)/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
            // All of it would be more than a gigabyte of answers; the other side stops taking requests long before.
            let sent = await socket.sendUntilStuck(String(repeating: request, count: 10_000), upTo: 200)
            #expect(sent < 200)
            #expect(try await api.get("/health/live").status == 200)
        }
    }
}
