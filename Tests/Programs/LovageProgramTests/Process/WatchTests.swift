import Foundation
import LovageAPI
import LovageCore
import LovageRemote
import Testing

@Suite(.timeLimit(.minutes(5))) struct `Watching a run` {
    @Test func `ends at Ctrl-C with how to watch on, while the run goes on`() async throws {
        let folder = try TestFolder()
        let gate = try Gate(in: folder)
        try Gate.define(in: folder)
        let server = try await RunningServer(in: folder, arguments: ["--slots", "1"])
        #expect(try await server.lovage("apply", folder.file("definitions").path).code == 0)
        let watcher = try RunningCommand(
            ["workflow", "run", "held", "--param", "gate=\(gate.path)", "--watch", "--server", server.address])
        #expect(await watcher.waits(for: "step hold running"))
        await gate.waitForScript()
        watcher.send(SIGINT)
        let end = await watcher.end()
        #expect(end.code == 128 + SIGINT)
        let match = try #require(end.output.firstMatch(of: /the run goes on.*lovage workflow show (\S+) --watch/))
        let id = try #require(WorkflowID(String(match.1)))
        #expect(try await server.client.workflow(id).run.state == .running)

        try gate.open()
        let shown = try await server.lovage("workflow", "show", id.description, "--watch")
        #expect(shown.code == 0)
        #expect(shown.output.contains("workflow succeeded"))
    }
}
