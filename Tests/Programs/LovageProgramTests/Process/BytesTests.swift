import Foundation
import LovageAPI
import LovageCore
import LovageRemote
import Testing

/// Bytes come out as they went in, or are refused with their place.
@Suite(.timeLimit(.minutes(5))) struct `Bytes that are no text` {
    private static func server() async throws -> RunningServer {
        let folder = try TestFolder()
        try folder.write(
            """
            command: say.bytes
            run: [printf, 'caf\\351\\000 \\342\\202\\254 \\033[2J {\\n\\342\\202']
            """, to: "definitions/bytes.yaml")
        let server = try await RunningServer(in: folder, arguments: ["--slots", "1"])
        let applied = try await server.lovage("apply", folder.file("definitions").path)
        #expect(applied.code == 0, "\(applied.complaints)")
        return server
    }

    /// Runs a line of the shell with `$LOVAGE` and the server's address; what it prints is text.
    private static func shell(_ line: String, _ server: RunningServer) async throws -> (code: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", line]
        process.environment = Program.clean.merging(
            ["LOVAGE": Program.binary.path, "LOVAGE_SERVER": server.address]) { _, new in new }
        let file = server.folder.file("\(UUID().uuidString).out")
        try Data().write(to: file)
        let output = try FileHandle(forWritingTo: file)
        process.standardOutput = output
        process.standardError = output
        let code = try await process.runToEnd()
        return (code, try String(contentsOf: file, encoding: .utf8))
    }

    @Test func `are printed by logs as they were written, followed or not, and as base64 in JSON`() async throws {
        let server = try await Self.server()
        let id = try await server.lovage("submit", "say.bytes").firstLine()
        _ = try await server.lovage("wait", id)
        let written = Array("caf".utf8) + [0xe9, 0] + Array(" € \u{1b}[2J {\n".utf8) + [0xe2, 0x82]
        let base64 = Base64.encode(written)
        for option in ["", "--follow"] {
            let printed = try await Self.shell("\"$LOVAGE\" logs \(id) \(option) | base64 -w0", server)
            #expect(printed.output == base64, "logs \(option)")
        }
        let json = try await server.lovage("logs", id, "--json").firstLine()
        #expect(json == "{\"job\":\"\(id)\",\"base64\":\"\(base64)\"}")
        let followed = try await server.lovage("logs", id, "--json", "--follow")
        let pieces = try followed.lines.map { try LogPieceView(try JSONText(validating: $0), isStrict: true) }
        #expect(pieces.flatMap(\.bytes) == written)
        #expect(try await server.lovage("logs", id, "--attempt", "99").code == 4)
    }

    @Test func `are refused among the words of a command`() async throws {
        let server = try await Self.server()
        let refused = try await Self.shell("\"$LOVAGE\" submit say.bytes \"$(printf 'name=caf\\351')\"", server)
        #expect(refused.code == 2)
        #expect(refused.output.contains("argument 3 is not UTF-8: its byte 9 fits no character"), "\(refused.output)")
    }

    @Test func `of large jobs are not listed unless they are asked for, and a list of many of them works`() async throws
    {
        let server = try await Self.server()
        let large = "{\"x\":\"" + String(repeating: "y", count: 900_000) + "\"}"
        for _ in 0..<80 {
            _ = try await server.client.submit(
                SubmitRequest(
                    kind: "nobody.has", arguments: try JSONText(validating: large), unknownKind: .wait))
        }
        let listed = try await server.lovage("list", "--limit", "1000", "--json")
        #expect(listed.code == 0, "\(listed.complaints)")
        #expect(listed.output.utf8.count < 200_000)
        let asked = try await server.lovage("list", "--limit", "1000", "--json", "--columns", "id,arguments")
        #expect(asked.output.utf8.count > 70_000_000)
        #expect(try await server.lovage("list", "--limit", "1000").lines.count == 81)
    }
}
