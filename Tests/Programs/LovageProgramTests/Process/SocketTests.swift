import Foundation
import LovageAPI
import LovageRemote
import Testing

/// The socket in the data folder, from the built binary.
@Suite(.timeLimit(.minutes(5))) struct `The socket in the data folder` {
    @Test(arguments: ["data", "a b%41ü", String(repeating: "long", count: 30)])
    func `is where commands find the server, and is its owner's alone`(_ name: String) async throws {
        let folder = try TestFolder()
        let server = try await RunningServer(in: folder, data: folder.file(name))
        #expect(try await server.lovage("queue", "list").code == 0)
        let attributes = try FileManager.default.attributesOfItem(
            atPath: server.data.appendingPathComponent("lovage.sock").path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(server.greeting.first?.contains("lovage.sock") == true)
        server.send(SIGTERM)
        #expect(await server.waitForEnd() == 0)
        #expect(!FileManager.default.fileExists(atPath: server.data.appendingPathComponent("lovage.sock").path))
        let gone = try await server.lovage("queue", "list")
        #expect(gone.code == 5)
        #expect(gone.complaints.contains("no server runs on the data folder \(server.data.path)"))
        #expect(gone.complaints.contains("lovage up --data"))
    }

    @Test func `of a killed server is replaced by the next one`() async throws {
        let folder = try TestFolder()
        let killed = try await RunningServer(in: folder)
        await killed.crash()
        let refused = try await killed.lovage("queue", "list")
        #expect(refused.code == 5)
        #expect(refused.complaints.contains("no server runs on the data folder"))
        let next = try await RunningServer(in: folder)
        #expect(try await next.lovage("queue", "list").code == 0)
    }

    @Test func `is not made over a file that is none`() async throws {
        let folder = try TestFolder()
        try folder.write("mine", to: "data/lovage.sock")
        let refused = try await Program.run(
            ["up", "--data", folder.file("data").path, "--no-tcp"], in: folder)
        #expect(refused.code == 2)
        #expect(refused.complaints.contains("lovage.sock is no socket"))
        #expect(FileManager.default.contents(atPath: folder.file("data/lovage.sock").path) == Data("mine".utf8))
    }

    @Test func `is the only way in with --no-tcp`() async throws {
        let server = try await RunningServer(in: try TestFolder(), tcp: .none)
        #expect(!server.greeting.contains { $0.contains("http://") })
        #expect(try await server.lovage("queue", "list").code == 0)
        #expect(try await server.lovage("queue", "list", "--server", "unix:\(server.data.path)/lovage.sock").code == 0)
        for other in ["--open", "--listen=127.0.0.1:0"] {
            let both = try await Program.run(["up", "--no-tcp", other], in: server.folder)
            #expect(both.code == 2)
            #expect(both.complaints.contains("--no-tcp and"))
        }
    }

    @Test func `shows who else may come in`() async throws {
        let server = try await RunningServer(in: try TestFolder())
        #expect(server.greeting.contains { $0.contains(server.address) && $0.contains("open to every user") })
        #expect(try await server.client.health().isOpen)
        let closed = try await RunningServer(in: try TestFolder(), tcp: .none)
        let client = RemoteClient(server: "unix:\(closed.data.path)/lovage.sock")
        #expect(try await client.health().isOpen == false)
    }
}
