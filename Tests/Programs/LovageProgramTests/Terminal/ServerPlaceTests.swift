import Foundation
import Testing

@testable import lovage

@Suite struct `Where a command finds its server` {
    private func place(_ server: String? = nil, data: String? = nil, given environment: [String: String] = [:]) throws
        -> ServerPlace
    {
        try ServerPlace(server: server, data: data, environment)
    }

    @Test func `is what was said last and nearest`() throws {
        let all = ["LOVAGE_SERVER": "http://a:1/", "LOVAGE_DATA": "/z", "XDG_DATA_HOME": "/y"]
        #expect(try place("http://b:2", data: "/d", given: all) == .http("http://b:2"))
        #expect(try place(data: "/d", given: all) == .socket("/d/lovage.sock"), "an option goes before a variable")
        #expect(try place(given: all) == .http("http://a:1"))
        #expect(try place(given: ["LOVAGE_DATA": "/z", "XDG_DATA_HOME": "/y"]) == .socket("/z/lovage.sock"))
        #expect(try place(given: ["LOVAGE_SERVER": "", "XDG_DATA_HOME": "/y"]) == .socket("/y/lovage/lovage.sock"))
        #expect(try place() == place(given: ["LOVAGE_DATA": "", "LOVAGE_SERVER": ""]))
    }

    @Test func `may be a socket`() throws {
        #expect(try place("unix:/run/lovage/s") == .socket("/run/lovage/s"))
        #expect(try place(given: ["LOVAGE_SERVER": "unix:/a b/s"]) == .socket("/a b/s"))
    }

    @Test(arguments: ["127.0.0.1:4710", "ftp://a", "https://a", "http://", "http://a/path", "unix:", "unix:s", ""])
    func `is refused when it is no address`(_ text: String) {
        let failure = #expect(throws: CommandFailure.self) { try place(text) }
        #expect(failure?.code == .usage)
        #expect(failure?.message?.hasPrefix("--server '\(text)'") == true)
    }

    @Test func `is refused when the folder is empty`() {
        #expect(throws: CommandFailure.self) { try place(data: "") }
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
