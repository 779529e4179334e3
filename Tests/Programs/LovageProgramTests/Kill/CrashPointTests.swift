#if DEBUG
import Foundation
import LovageAPI
import LovageRemote
import LovageStore
import Testing

/// What tests can ask a debug build to die of.
@Suite(.timeLimit(.minutes(5))) struct `A place where a server is to be killed` {
    @Test(arguments: ["claim.somewhere", "claim", "claim.after_commit:0", "claim.after_commit:x", ""])
    func `is refused at the start when there is no such place or pass`(_ text: String) async throws {
        let folder = try TestFolder()
        let ended = try await Program.run(
            ["up", "--data", folder.file("data").path, "--listen", "127.0.0.1:0"], in: folder,
            environment: ["LOVAGE_CRASH_AT": text])
        #expect(ended.code == 2)
        #expect(ended.complaints.contains("LOVAGE_CRASH_AT"))
        #expect(ended.complaints.contains("NAME:PASS") || CrashPlan.all.allSatisfy(ended.complaints.contains))
    }

    @Test(arguments: ["migrate.mid", "migrate.after_step"], [nil, "store-version-1.db"])
    func `inside a migration leaves a file that the next start brings to the newest version`(
        _ place: String, _ old: String?
    ) async throws {
        for pass in 1...(old == nil ? 3 : 2) {
            let folder = try TestFolder()
            if let old {
                try folder.write("", to: "data/README")
                try FileManager.default.copyItem(
                    at: Self.fixture(old), to: folder.file("data").appendingPathComponent("lovage.db"))
            }
            let environment = ["LOVAGE_CRASH_AT": "\(place):\(pass)", "LOVAGE_CRASH_COUNT": folder.file("passes").path]
            let death = await #expect(throws: ServerDidNotStart.self) {
                try await RunningServer(in: folder, environment: environment)
            }
            #expect(death?.code == 128 + SIGKILL)
            let passes = try String(contentsOf: folder.file("passes"), encoding: .utf8).split(separator: "\n")
            #expect(passes.count { $0 == place } == pass)
            let server = try await RunningServer(in: folder)
            #expect(try await server.client.jobs(limit: 100).items.count == (old == nil ? 0 : 9))
            #expect(try await server.client.health().isWritable)
        }
    }

    private static func fixture(_ name: String) -> URL {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { url.deleteLastPathComponent() }
        return url.appendingPathComponent("Fixtures/sqlite/\(name)")
    }
}
#endif
