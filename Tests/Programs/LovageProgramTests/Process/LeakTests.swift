import Foundation
import LovageRemote
import Testing

/// What a server keeps of the commands it has run: nothing. Looked for in its own process, where nobody else works.
@Suite(.timeLimit(.minutes(5))) struct `A server that runs many commands` {
    @Test func `keeps no descriptor and no zombie of them`() async throws {
        let folder = try TestFolder()
        // Each leaves a process behind that outlives it for a moment.
        try folder.write("#!/bin/sh\necho x\nsleep 0.01 &\n", to: "definitions/scripts/leave.sh")
        try folder.write("command: leave\nrun: [scripts/leave.sh]\n", to: "definitions/leave.yaml")
        let server = try await RunningServer(in: folder, arguments: ["--slots", "4"])
        #expect(try await server.lovage("apply", folder.file("definitions").path).code == 0)
        let commands = 60
        try await Self.run(8, on: server)
        let before = try Self.descriptors(of: server)
        try await Self.run(commands, on: server)
        // The server's own connections come and go; one descriptor kept of each command would be far more.
        let after = try Self.descriptors(of: server)
        #expect(after < before + commands / 3, "\(before) descriptors, \(after) after \(commands) commands")
        #expect(try Self.zombies(of: server) == 0)
    }

    private static func run(_ count: Int, on server: RunningServer) async throws {
        let input = String(repeating: "{}\n", count: count)
        #expect(try await server.lovage("submit", "leave", "--stdin-many", input: input).lines.count == count)
        #expect(try await server.lovage("queue", "join", "default", "--timeout", "2m").code == 0)
    }

    private static func descriptors(of server: RunningServer) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(server.identifier)/fd").count
    }

    /// Its children that have ended and that it has not noticed: field 3 of /proc/ID/stat is Z, field 4 is the parent.
    private static func zombies(of server: RunningServer) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }.count { id in
            // A process that ends while we look is none of the server's that stays.
            guard let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
                let fields = stat.split(separator: ")").last?.split(separator: " "), fields.count > 1
            else { return false }
            return fields[0] == "Z" && fields[1] == String(server.identifier)
        }
    }
}
