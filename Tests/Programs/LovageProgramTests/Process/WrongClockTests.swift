import ArgumentParser
import Foundation
import Testing

@testable import lovage

@Suite(.timeLimit(.minutes(5))) struct `A machine whose clock stands before 1970` {
    /// What `lovage up` and `lovage worker run` call, with another clock: a process cannot be given one without tricks.
    @Test(arguments: ["127.0.0.1:0", nil])
    func `starts no server and makes no folder`(address: String?) async throws {
        let folder = try TestFolder()
        let data = folder.file("data").path
        let configuration = try WorkerOptions.parse(["--data", data]).configuration()
        let host = Host(configuration, wall: { Date(timeIntervalSince1970: -1) })
        let failure = await #expect(throws: CommandFailure.self) {
            try await host.run(listening: try address.map { .init(tcp: try ListenAddress($0), isOpen: true) })
        }
        #expect(failure?.code == .usage)
        #expect(failure?.message == "this machine's clock reads a time before 1970: set it first")
        #expect(!FileManager.default.fileExists(atPath: data))
    }
}
