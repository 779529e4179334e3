import Foundation
import LovageAPI
import LovageCore
import LovageRemote
import Testing

/// Commands that wait, while the server is killed and started again.
@Suite(.timeLimit(.minutes(5))) struct `Waiting through a restart` {
    @Test func `goes on for call, wait, queue join and logs`() async throws {
        let folder = try TestFolder()
        try Gate.define(in: folder)
        let gate = try Gate(in: folder)
        var server = try await RunningServer(in: folder, arguments: ["--slots", "1"])
        #expect(try await server.lovage("apply", folder.file("definitions").path).code == 0)
        let there = ["--server", server.address]
        let call = try RunningCommand(["call", "gate.wait", "gate=\(gate.path)"] + there)
        await gate.waitForScript()
        let id = try #require(try await server.client.jobs().items.first?.id)
        #expect(await call.waits(for: "lovage: job \(id)"))
        let others = [
            try RunningCommand(["wait", id.description] + there),
            try RunningCommand(["queue", "join", "default"] + there),
            try RunningCommand(["logs", id.description, "--follow"] + there),
        ]
        for command in others { try await Self.untilConnected(command) }
        let port = server.port
        await server.crash()
        for command in [call] + others { #expect(await command.waits(for: "trying again")) }
        server = try await RunningServer(in: folder, port: port, arguments: ["--slots", "1"])
        await gate.waitForScript()
        try gate.open()
        for command in [call] + others {
            let end = await command.end()
            #expect(end.code == 0, "\(end.output)")
            #expect(end.output.contains("the server is back"))
            #expect(!end.output.contains("HTTPClientError"))
        }
    }

    @Test func `is not done for a server that was never there`() async throws {
        let folder = try TestFolder()
        let nobody = "01930a3e-0000-7000-8000-000000000000"
        for words in [
            ["wait", nobody], ["queue", "join", "default"], ["logs", nobody, "--follow"], ["call", "x.y"],
        ] {
            let ended = try await Program.run(words + ["--server", "http://127.0.0.1:1"], in: folder)
            #expect(ended.code == 5)
            #expect(!ended.complaints.contains("trying again"))
        }
    }

    @Test func `leaves the job of a call running at Ctrl-C, and says how to see and end it`() async throws {
        let folder = try TestFolder()
        try Gate.define(in: folder)
        let gate = try Gate(in: folder)
        let server = try await RunningServer(in: folder, arguments: ["--slots", "1"])
        #expect(try await server.lovage("apply", folder.file("definitions").path).code == 0)
        let call = try RunningCommand(["call", "gate.wait", "gate=\(gate.path)", "--server", server.address])
        await gate.waitForScript()
        let id = try #require(try await server.client.jobs().items.first?.id)
        #expect(await call.waits(for: "lovage: job \(id)"))
        call.send(SIGINT)
        let end = await call.end()
        #expect(end.code == 128 + SIGINT)
        #expect(end.output.contains("see it with: lovage get \(id), end it with: lovage cancel \(id)"))
        #expect(try await server.client.job(id).state == .running)
        try gate.open()
    }

    @Test func `names the job that a queue's join waits for when it is due late`() async throws {
        let folder = try TestFolder()
        try Gate.define(in: folder)
        let server = try await RunningServer(in: folder)
        #expect(try await server.lovage("apply", folder.file("definitions").path).code == 0)
        let id = try await server.lovage("submit", "gate.wait", "gate=x", "--at", "9999-01-01T00:00:00Z").firstLine()
        let late = try await server.lovage("queue", "join", "default", "--timeout", "20ms")
        #expect(late.code == 3)
        #expect(late.complaints.contains("job \(id) is due only 9999-01-01T00:00:00.000Z"), "\(late.complaints)")
        let join = try RunningCommand(["queue", "join", "default", "--server", server.address])
        #expect(await join.waits(for: "job \(id) is due only"))
        #expect(try await server.lovage("cancel", id).code == 0)
        #expect(await join.end().code == 0)
        let keep = try await server.lovage("queue", "set", "default", "--keep", "0s")
        #expect(keep.code == 2)
        #expect(keep.complaints.contains("--keep is 0s: use 1s or more"))
        #expect(try await server.lovage("queue", "set", "default", "--keep", "3d").output.contains("3 d 0 h"))
    }

    /// Returns when a command has a connection: one that is in the kernel's table in the state "established" (01).
    private static func untilConnected(_ command: RunningCommand) async throws {
        let folder = "/proc/\(command.identifier)/fd"
        while true {
            let held = Set(
                try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { name in
                    // A descriptor that was closed since is no socket of interest.
                    try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)")
                })
            let table = try String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)
            let rows = table.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            let isConnected = rows.contains { (row: [String]) -> Bool in
                row.count > 9 && row[3] == "01" && held.contains("socket:[\(row[9])]")
            }
            if isConnected { return }
            await Task.yield()
        }
    }
}
