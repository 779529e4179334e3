import Foundation
import LovageAPI
import LovageCore
import LovageRemote
import Testing

/// More clients than the server holds, against the built binary with its own bounds.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `Many clients` {
    private static let many = 850

    /// A server that runs one job, which goes on as long as its gate is kept.
    private static func server() async throws -> (RunningServer, String, Gate) {
        let folder = try TestFolder()
        let gate = try Gate(in: folder)
        try Gate.define(in: folder)
        let server = try await RunningServer(in: folder, arguments: ["--slots", "1"])
        #expect(try await server.lovage("apply", folder.file("definitions").path).code == 0)
        let id = try await server.lovage("submit", "gate.wait", "gate=\(gate.path)").firstLine()
        await gate.waitForScript()
        return (server, id, gate)
    }

    @Test func `that wait keep nobody from asking how it is, and from cancelling what they wait for`() async throws {
        let (server, id, gate) = try await Self.server()
        let clients = try OpenConnections(
            Self.many, to: server.port,
            sending: "GET /api/v1/jobs/\(id)/wait?timeout=60 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let job = try #require(JobID(id))
        #expect(try await server.client.health().isWritable)
        #expect(try await server.lovage("cancel", id).code == 0)
        #expect(try await server.client.job(job).outcome == .cancelled)
        withExtendedLifetime((clients, gate)) {}
    }

    @Test func `that are idle keep nobody from acting`() async throws {
        let (server, id, gate) = try await Self.server()
        let clients = try OpenConnections(Self.many, to: server.port, sending: "")
        #expect(try await server.client.health().isWritable)
        #expect(try await server.lovage("cancel", id).code == 0)
        withExtendedLifetime((clients, gate)) {}
    }

    @Test func `that have left keep nobody from waiting`() async throws {
        let (server, id, gate) = try await Self.server()
        for _ in 0..<2 {
            _ = try OpenConnections(
                Self.many, to: server.port,
                sending: "GET /api/v1/jobs/\(id)/wait?timeout=60 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        }
        async let waited = server.lovage("wait", id)
        #expect(try await server.lovage("cancel", id).code == 0)
        #expect(try await waited.output.contains("cancelled"))
        withExtendedLifetime(gate) {}
    }
}

/// TCP connections to this machine that send one text each, until they are let go.
private final class OpenConnections {
    private var descriptors: [CInt] = []

    init(_ count: Int, to port: Int, sending text: String) throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        for _ in 0..<count {
            let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
            descriptors.append(descriptor)
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
            _ = text.withCString { send(descriptor, $0, strlen($0), CInt(MSG_NOSIGNAL)) }
        }
    }

    deinit { for descriptor in descriptors { close(descriptor) } }
}
