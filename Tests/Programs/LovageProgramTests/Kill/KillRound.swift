#if DEBUG
import Foundation

/// One server's life: started on a folder, put under load, ended by a blow.
struct KillRound: Sendable {
    let blow: KillPlan.Blow
    let folder: TestFolder
    let load: KillLoad
    /// Told to every server, such as where scripts write their ledger.
    var environment: [String: String] = [:]
    /// How long a round waits for a place that is never reached.
    private static let patience = Duration.seconds(10)

    /// What came of it.
    enum Result: Sendable, Hashable {
        /// It ended as it was told to.
        case fell
        /// The place was not reached in time; the server was killed instead.
        case missed
        /// It ended in a way that nobody asked for.
        case wrong(code: Int32)
    }

    /// Runs it to its end.
    func run() async throws -> Result {
        let server: RunningServer
        do {
            server = try await RunningServer(
                in: folder, arguments: ["--slots", "4"] + KillPlan.arguments(for: blow),
                environment: environment.merging(KillPlan.environment(for: blow)) { $1 })
        } catch let death as ServerDidNotStart where death.code == Self.killed {
            return blow.isPoint ? .fell : .wrong(code: death.code)
        }
        let (code, isMissed) = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await load.run(on: server.client)
                return false
            }
            group.addTask { await strike(server) }
            let code = await server.waitForEnd()
            group.cancelAll()
            return (code, await group.contains(true))
        }
        if isMissed { return .missed }
        if case .terminate = blow { return code == 0 ? .fell : .wrong(code: code) }
        return code == Self.killed ? .fell : .wrong(code: code)
    }

    /// Ends the server as the blow says; true when it had to be killed because it never came by the point.
    private func strike(_ server: RunningServer) async -> Bool {
        switch blow {
        case .kill(let moment): if await Self.pause(moment) { server.send(SIGKILL) }
        case .terminate(let moment): if await Self.pause(moment) { server.send(SIGTERM) }
        case .point(let name, _):
            if name.hasPrefix("close."), await Self.pause(.milliseconds(100)) { server.send(SIGTERM) }
            guard await Self.pause(Self.patience) else { return false }
            server.send(SIGKILL)
            return true
        }
        return false
    }

    private static let killed = 128 + SIGKILL

    /// Waits; false when the server was gone before.
    private static func pause(_ duration: Duration) async -> Bool {
        do {
            try await ContinuousClock().sleep(for: duration)
            return true
        } catch {
            return false
        }
    }
}
#endif
