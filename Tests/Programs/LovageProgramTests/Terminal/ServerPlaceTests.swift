import Foundation
import LovageCore
import Testing

@testable import lovage

@Suite struct `Where a command finds its server` {
    private func place(
        _ server: String? = nil, data: String? = nil, tokenFile: String? = nil,
        given environment: [String: String] = [:]
    ) throws -> ServerPlace {
        try ServerPlace(.init(server: server, data: data, tokenFile: tokenFile), environment)
    }

    @Test func `is what was said last and nearest`() throws {
        let all = ["LOVAGE_SERVER": "http://a:1/", "LOVAGE_DATA": "/z", "XDG_DATA_HOME": "/y"]
        #expect(try place("http://b:2", data: "/d", given: all) == .http("http://b:2", .none))
        #expect(try place(data: "/d", given: all) == .socket("/d/lovage.sock"), "an option goes before a variable")
        #expect(try place(given: all) == .http("http://a:1", .none))
        #expect(try place(given: ["LOVAGE_DATA": "/z", "XDG_DATA_HOME": "/y"]) == .socket("/z/lovage.sock"))
        #expect(try place(given: ["LOVAGE_SERVER": "", "XDG_DATA_HOME": "/y"]) == .socket("/y/lovage/lovage.sock"))
        #expect(try place() == place(given: ["LOVAGE_DATA": "", "LOVAGE_SERVER": ""]))
    }

    @Test func `may be a socket`() throws {
        #expect(try place("unix:/run/lovage/s") == .socket("/run/lovage/s"))
        #expect(try place(given: ["LOVAGE_SERVER": "unix:/a b/s"]) == .socket("/a b/s"))
    }

    @Test(arguments: [
        "127.0.0.1:4710", "ftp://a", "https://a", "http://", "http://a/path", "http://me@a", "unix:", "unix:s", "",
    ])
    func `is refused when it is no address`(_ text: String) {
        let failure = #expect(throws: CommandFailure.self) { try place(text) }
        #expect(failure?.code == .usage)
        #expect(failure?.message?.hasPrefix("--server '\(text)'") == true)
    }

    @Test func `is refused when the folder is empty`() {
        #expect(throws: CommandFailure.self) { try place(data: "") }
    }

    private static let token = TokenText(.admin, random: [UInt8](repeating: 7, count: TokenText.randomBytes))

    @Test func `is shown the token that was said last and nearest, on this machine`() throws {
        let local = "http://127.0.0.1:4710"
        let all = ["LOVAGE_TOKEN": Self.token.text, "LOVAGE_DATA": "/z"]
        #expect(try place(local, tokenFile: "t", given: all) == .http(local, .file("t")))
        #expect(try place(local, given: all) == .http(local, .token(Self.token)))
        #expect(try place(local, given: ["LOVAGE_DATA": "/z"]) == .http(local, .fileIfAny("/z/token")))
        #expect(try place(local, data: "/d", given: ["LOVAGE_DATA": "/z"]) == .http(local, .fileIfAny("/d/token")))
        for address in ["http://localhost:1", "http://[::1]:1"] {
            #expect(try place(address, tokenFile: "t") == .http(address, .file("t")))
        }
        #expect(try place(data: "/d", tokenFile: "t", given: all) == .socket("/d/lovage.sock"), "none is needed")
    }

    @Test(arguments: [
        "http://192.168.1.2:4710", "http://example.org", "http://127.0.0.1.example.org:1", "http://0.0.0.0:1",
    ])
    func `is never shown a token over a network`(_ address: String) throws {
        for (file, environment) in [("t", [:]), (nil, ["LOVAGE_TOKEN": Self.token.text])]
            as [(String?, [String: String])]
        {
            let failure = #expect(throws: CommandFailure.self) {
                try place(address, tokenFile: file, given: environment)
            }
            #expect(failure?.message?.contains("SSH tunnel") == true)
            #expect(failure?.message?.contains(Self.token.text) == false)
        }
        #expect(try place(address, given: ["LOVAGE_DATA": "/z"]) == .http(address, .none))
    }

    @Test func `is not asked with something that is no token, which is not shown`() throws {
        let folder = try TestFolder()
        let file = try folder.write("my password", to: "token")
        for (path, environment) in [(file.path, [:]), (nil, ["LOVAGE_TOKEN": "my password"])]
            as [(String?, [String: String])]
        {
            let failure = #expect(throws: CommandFailure.self) {
                _ = try place("http://127.0.0.1:1", tokenFile: path, given: environment).client()
            }
            #expect(failure?.message?.contains("holds no token") == true)
            #expect(failure?.message?.contains("password") == false)
        }
        let missing = #expect(throws: CommandFailure.self) {
            _ = try place("http://127.0.0.1:1", tokenFile: folder.file("none").path).client()
        }
        #expect(missing?.message?.contains("cannot be read") == true)
    }

    @Test func `reads a token as it was written`() throws {
        let folder = try TestFolder()
        let file = TokenFile(path: folder.file("token").path)
        try file.keep(Self.token)
        #expect(try file.read() == Self.token)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["token"])
    }

    @Test func `has a path that a socket can have`() throws {
        let folder = try TestFolder()
        let long = folder.file(String(repeating: "d", count: 120))
        try FileManager.default.createDirectory(at: long, withIntermediateDirectories: true)
        let short = try SocketPath.usable(long.appendingPathComponent("lovage.sock").path)
        #expect(short.utf8.count <= 107)
        try Data("x".utf8).write(to: long.appendingPathComponent("lovage.sock"))
        #expect(FileManager.default.contents(atPath: short) == Data("x".utf8))
        #expect(try SocketPath.usable("/a/lovage.sock") == "/a/lovage.sock")
    }
}
