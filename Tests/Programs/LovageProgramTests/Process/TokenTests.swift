import Foundation
import LovageCore
import Testing

/// Tokens, from the built binary.
@Suite(.timeLimit(.minutes(5))) struct `Over TCP` {
    private static func token(of server: RunningServer) throws -> String {
        try String(contentsOf: server.data.appendingPathComponent("token"), encoding: .utf8)
            .trimmingCharacters(in: .newlines)
    }

    @Test func `a token is asked for, which the command line finds in the data folder`() async throws {
        let folder = try TestFolder()
        let server = try await RunningServer(in: folder, tcp: .guarded)
        #expect(server.greeting.contains { $0.contains(server.address) && $0.contains("with a token") })
        let file = server.data.appendingPathComponent("token").path
        #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
        let token = try Self.token(of: server)
        #expect(TokenText(token)?.kind == .admin)

        #expect(try await server.lovage("queue", "list", "--server", server.address).code == 0)
        func elsewhere(_ words: String..., environment: [String: String] = [:]) async throws -> Program.Ended {
            try await Program.run(
                ["queue", "list", "--server", server.address] + words, in: folder,
                environment: ["LOVAGE_DATA": folder.file("none").path].merging(environment) { _, new in new })
        }
        let refused = try await elsewhere()
        #expect(refused.code == 2)
        #expect(refused.complaints.contains("the server asks for a token"))
        #expect(refused.complaints.contains("--token-file"))
        #expect(try await elsewhere("--token-file", file).code == 0)
        #expect(try await elsewhere("--data", server.data.path).code == 0)
        #expect(try await elsewhere(environment: ["LOVAGE_TOKEN": token]).code == 0)

        server.send(SIGTERM)
        #expect(await server.waitForEnd() == 0)
        let again = try await RunningServer(in: folder, tcp: .guarded)
        #expect(try Self.token(of: again) == token, "only the first start makes one")
        let log = try String(contentsOf: folder.file("server.log"), encoding: .utf8)
        for text in [log, again.greeting.joined(), server.greeting.joined(), refused.complaints] {
            #expect(!text.contains(token.suffix(43)))
        }
    }

    @Test func `tokens are made, listed and revoked; one that was lost is made again over the socket`() async throws {
        let server = try await RunningServer(in: try TestFolder(), tcp: .guarded)
        let file = server.data.appendingPathComponent("token")
        try FileManager.default.removeItem(at: file)
        #expect(try await server.lovage("queue", "list", "--server", server.address).code == 2)
        let made = try await server.lovage("token", "create", "robot")
        #expect(made.code == 0)
        try Data(made.output.utf8).write(to: file)
        #expect(try await server.lovage("queue", "list", "--server", server.address).code == 0)
        #expect(try await server.lovage("token", "create", "robot").code == 2)

        let listed = try await server.lovage("token", "list")
        #expect(listed.lines.count == 3)
        #expect(listed.lines.contains { $0.hasPrefix("robot") && $0.contains("admin") })
        let secret = try made.firstLine().suffix(43)
        #expect(!listed.output.contains(secret))
        #expect(try await !server.lovage("token", "list", "--json").output.contains(secret))

        #expect(try await server.lovage("token", "revoke", "robot").output == "robot is revoked\n")
        let refused = try await server.lovage("queue", "list", "--server", server.address)
        #expect(refused.code == 2)
        #expect(refused.complaints.contains("'robot' was revoked"))
        #expect(try await server.lovage("token", "revoke", "robot").code == 4)
        let json = try await server.lovage("token", "create", "other", "--json")
        #expect(json.output.contains("\"text\":\"lvg_admin_"))
    }
}
