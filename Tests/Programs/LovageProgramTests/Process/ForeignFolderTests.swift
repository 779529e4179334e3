import Foundation
import Testing

/// Data folders that a server does not take, from the built binary.
@Suite(.timeLimit(.minutes(5))) struct `A data folder` {
    private static let inner = ["", "files", "run", "scratch", "logs", "lovage.db", "token"]

    private static func start(_ folder: TestFolder) async throws -> Program.Ended {
        try await Program.run(["up", "--data", folder.file("data").path, "--no-tcp"], in: folder)
    }

    @Test(arguments: inner)
    func `that others may write, or a part of it, is refused with the fix`(_ name: String) async throws {
        let folder = try TestFolder()
        let place = name.isEmpty ? folder.file("data") : folder.file("data").appendingPathComponent(name)
        try folder.write("", to: "data/README")
        chmod(folder.file("data").path, 0o700)
        if name.contains("db") || name == "token" {
            try Data().write(to: place)
        } else {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        }
        chmod(place.path, 0o777)
        let refused = try await Self.start(folder)
        #expect(refused.code == 2)
        #expect(refused.complaints.contains("'\(place.path)' may be written by others (mode 0777)"))
        #expect(refused.complaints.contains("chmod"))
        #expect(!FileManager.default.fileExists(atPath: folder.file("data/lovage.db-wal").path))
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give files away"), arguments: inner)
    func `that another user owns, or a part of it, is refused with the fix`(_ name: String) async throws {
        let folder = try TestFolder()
        let place = name.isEmpty ? folder.file("data") : folder.file("data").appendingPathComponent(name)
        try folder.write("", to: "data/README")
        chmod(folder.file("data").path, 0o700)
        if name.isEmpty {
            chown(place.path, 65_534, 65_534)
        } else {
            // A link that another user made, to what is ours.
            let target = try folder.write("", to: "target").path
            try FileManager.default.createSymbolicLink(atPath: place.path, withDestinationPath: target)
            lchown(place.path, 65_534, 65_534)
        }
        let refused = try await Self.start(folder)
        #expect(refused.code == 2)
        #expect(refused.complaints.contains("'\(place.path)' belongs to another user (65534)"))
        #expect(refused.complaints.contains("chown"))
    }

    @Test func `whose database was emptied is refused, one that was never used is not`() async throws {
        let folder = try TestFolder()
        try folder.write("", to: "data/lovage.db")
        chmod(folder.file("data").path, 0o700)
        chmod(folder.file("data/lovage.db").path, 0o600)
        let server = try await RunningServer(in: folder, tcp: .none)
        server.send(SIGTERM)
        #expect(await server.waitForEnd() == 0)
        try Data().write(to: folder.file("data/lovage.db"))
        let refused = try await Self.start(folder)
        #expect(refused.code == 2)
        #expect(refused.complaints.contains("lovage.db' is empty, though the folder was used before"))
        try FileManager.default.removeItem(at: folder.file("data/lovage.db"))
        let anew = try await RunningServer(in: folder, tcp: .none)
        #expect(try await anew.lovage("queue", "list").code == 0)
    }

    @Test func `that is named by nothing is refused`() async throws {
        let folder = try TestFolder()
        for command in [["up"], ["worker", "run"], ["list"]] {
            let refused = try await Program.run(command + ["--data", ""], in: folder)
            #expect(refused.code == 2)
            #expect(refused.complaints.contains("--data is empty"))
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root is root"))
    func `of root's is served with a warning`() async throws {
        let server = try await RunningServer(in: try TestFolder(), tcp: .none)
        let log = try String(contentsOf: server.folder.file("server.log"), encoding: .utf8)
        #expect(log.contains("runs as root"))
    }
}
