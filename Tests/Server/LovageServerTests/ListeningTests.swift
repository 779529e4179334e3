import Foundation
import Testing

@testable import LovageServer

@Suite(.timeLimit(.minutes(5))) struct ListeningTests {
    @Test(arguments: [
        (EACCES, "port 81 needs rights that this process does not have: use a port above 1023"),
        (EADDRINUSE, "port 81 on 127.0.0.1 is taken"), (EADDRNOTAVAIL, "this machine has no address 127.0.0.1"),
        (ENOBUFS, "cannot listen on port 81 of 127.0.0.1"),
    ])
    func `a port that cannot be had is named with the reason`(_ code: CInt, _ sentence: String) {
        let configuration = ServerConfiguration(port: 81, version: "test")
        #expect(ServerError(refusing: .tcp(isOpen: false), configuration, code).description.contains(sentence))
    }

    @Test func `a server listens somewhere`() async throws {
        let configuration = ServerConfiguration(hasTCP: false, version: "test")
        #expect(configuration.problems.count == 1)
        #expect(ServerConfiguration(socket: "/s", hasTCP: false, version: "test").problems.isEmpty)
    }
}
