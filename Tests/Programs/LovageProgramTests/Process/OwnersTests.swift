import Foundation
import LovageAPI
import LovageCore
import LovageRemote
import Testing

/// `lovage up` and `lovage worker run`, from the first line they write to their end.
@Suite(.timeLimit(.minutes(5))) struct `The process that owns a folder` {
    @Test func `works without a server on what is stored, drains at SIGTERM and leaves the rest`() async throws {
        let folder = try TestFolder()
        let gate = try Gate(in: folder)
        // It stores the jobs and runs none: they stand in a queue that it does not take from.
        let server = try await RunningServer(in: folder, arguments: ["--queue", "other"])
        try folder.write(Gate.script, to: "definitions/scripts/gate.sh")
        try folder.write(
            """
            command: gate.wait
            run: [scripts/gate.sh, "${args.gate}"]
            parameters:
              gate: {type: string, required: true}
            """, to: "definitions/gate.yaml")
        #expect(try await server.lovage("apply", folder.file("definitions").path).code == 0)
        let first = try await server.lovage("submit", "gate.wait", "gate=\(gate.path)").firstLine()
        let second = try await server.lovage("submit", "gate.wait", "gate=\(gate.path)").firstLine()
        let work = ["worker", "run", "--data", folder.file("data").path, "--slots", "1"]
        let refused = try await Program.run(work, in: folder)
        #expect(refused.code == 2, "the server owns the folder")
        server.send(SIGTERM)
        #expect(await server.waitForEnd() == 0)

        let worker = try RunningCommand(work)
        #expect(await worker.waits(for: "lovage works on \(folder.file("data").path)"))
        await gate.waitForScript()
        worker.send(SIGTERM)
        #expect(await worker.waits(for: "Worker drains"))
        try gate.open()
        let end = await worker.end()
        #expect(end.code == 0, "\(end.output)")

        let again = try await RunningServer(in: folder, arguments: ["--queue", "other"])
        let done = try await again.client.job(#require(JobID(first)))
        #expect(done.outcome == .succeeded)
        #expect(try await again.client.attempts(of: done.id).map(\.end) == [.succeeded])
        #expect(try await again.lovage("logs", first).output == "gone\n")
        #expect(try await again.client.job(#require(JobID(second))).state == .ready)
    }

    @Test func `says at the start and in its health what relaxed durability may lose`() async throws {
        let relaxed = try await RunningServer(in: try TestFolder(), arguments: ["--durability", "relaxed"])
        let window = try #require(try await relaxed.client.health().lossWindow)
        #expect(window.contains("power cut"))
        #expect(relaxed.greeting.last == "durability relaxed: \(window)")

        let full = try await RunningServer(in: try TestFolder())
        #expect(try await full.client.health().lossWindow == nil)
        #expect(full.greeting.last == "durability full: what is answered survives a power cut")
    }
}
