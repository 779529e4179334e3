import Foundation
import LovageAPI
import LovageCore
import LovageRemote
import Testing

/// A server that stands still for longer than its leases, as a suspended machine or SIGSTOP makes it.
@Suite(.timeLimit(.minutes(5))) struct `A server that stood still` {
    private static let lease = Duration.seconds(6)

    @Test func `for three leases goes on with what it ran: nothing is lost, nothing is handed over`() async throws {
        let folder = try TestFolder()
        let gate = try Gate(in: folder)
        try Gate.define(in: folder)
        let server = try await RunningServer(in: folder, arguments: ["--slots", "2", "--lease", "6s"])
        #expect(try await server.lovage("apply", folder.file("definitions").path).code == 0)
        let request = SubmitRequest(kind: "gate.wait", arguments: Self.arguments(gate))
        let id = try #require(try await server.client.submit(request).id)
        await gate.waitForScript()

        server.send(SIGSTOP)
        try await ContinuousClock().sleep(for: Self.lease * 3)
        server.send(SIGCONT)

        // Two more leases, so that whoever would take the jobs away has had the time to.
        try await ContinuousClock().sleep(for: Self.lease * 2)
        #expect(try await server.client.job(id).state == .running)
        try gate.open()
        #expect(try await server.client.wait(for: id, within: .seconds(30)).outcome == .succeeded)
        #expect(try await server.client.attempts(of: id).map(\.end) == [.succeeded])
        server.send(SIGTERM)
        #expect(await server.waitForEnd() == 0)
    }

    private static func arguments(_ gate: Gate) -> JSONText {
        JSONText(trusted: Array(#"{"gate": "\#(gate.path)"}"#.utf8))
    }
}
