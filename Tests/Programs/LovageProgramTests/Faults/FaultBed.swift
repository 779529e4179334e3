import Foundation
import LovageAPI
import LovageCore
import LovageRemote
import Synchronization
import Testing

/// A folder with definitions and a ledger, for servers that meet faults one after the other, and the check in the end.
final class FaultBed: Sendable {
    let folder: TestFolder
    /// Where the servers keep their data.
    let data: URL
    private let acknowledged = Mutex<Set<String>>([])

    /// A bed whose data lies in `data`, or beside the ledger. The definitions are stored already.
    init(data: URL? = nil) async throws {
        folder = try TestFolder()
        self.data = data ?? folder.file("data")
        try KillLoad.define(in: folder)
        let server = try await start()
        #expect(try await server.lovage("apply", folder.file("definitions").path).code == 0)
        try await drain(server)
    }

    var database: URL { data.appendingPathComponent("lovage.db") }
    var environment: [String: String] { ["LEDGER": folder.file("ledger").path] }

    /// Starts a server on the data.
    func start(_ arguments: [String] = [], under wrapper: [String] = []) async throws -> RunningServer {
        try await RunningServer(
            in: folder, data: data, arguments: ["--slots", "4"] + arguments, environment: environment, under: wrapper)
    }

    /// The same for one that may be killed while it starts; nil when it was.
    func startOrDie(under wrapper: [String]) async throws -> RunningServer? {
        do {
            return try await start(under: wrapper)
        } catch let death as ServerDidNotStart where death.code == 128 + SIGKILL {
            return nil
        }
    }

    /// Ends a server the ordinary way.
    func drain(_ server: RunningServer) async throws {
        server.send(SIGTERM)
        #expect(await server.waitForEnd() == 0)
    }

    /// Submits one job; it counts as acknowledged when this returns.
    @discardableResult
    func submit(to server: RunningServer, pause: String = "0") async throws -> JobID {
        let arguments = JSONText(trusted: Array(#"{"pause": "\#(pause)"}"#.utf8))
        let answer = try await server.client.submit(.init(kind: "ledger.append", arguments: arguments))
        let id = try #require(answer.id)
        _ = acknowledged.withLock { $0.insert(id.description) }
        return id
    }

    /// Submits from several callers until the server is gone, or each has submitted `most`; true when it is gone.
    @discardableResult
    func submitUntilGone(_ server: RunningServer, callers: Int = 4, most: Int = 200) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<callers {
                group.addTask {
                    do {
                        for _ in 0..<most { try await self.submit(to: server) }
                        return false
                    } catch {
                        // The server is gone: what was not answered was not acknowledged.
                        return true
                    }
                }
            }
            return await group.contains(true)
        }
    }

    /// Lets a sound server bring everything to its end, and holds what it says against ledger and acknowledgements.
    @discardableResult
    func check() async throws -> Recorded {
        let server = try await start(["--slots", "8"])
        let end = try await Recorded.afterTheEnd(of: server.client)
        try await drain(server)
        let ledger = Ledger(text: try String(contentsOf: folder.file("ledger"), encoding: .utf8))
        let names = acknowledged.withLock { $0 }
        #expect(!names.isEmpty, "nothing was acknowledged, so nothing was proved")
        #expect(LedgerCheck.violations(ledger, acknowledged: names, jobs: end.jobs) == [])
        return end
    }
}
