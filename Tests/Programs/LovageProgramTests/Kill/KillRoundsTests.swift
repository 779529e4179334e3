#if DEBUG
import Foundation
import LovageCore
import LovageRemote
import Testing

/// Real servers, really killed: at drawn moments, and between two given lines (`CrashPlan`). What scripts wrote down
/// themselves must agree with what was acknowledged and stored.
@Suite(.serialized, .timeLimit(.minutes(60))) struct `Killing the server` {
    /// `LOVAGE_KILL_ROUNDS` asks for more than the default, `LOVAGE_KILL_SEED` for other ones.
    private static let plan = KillPlan(
        rounds: variable("LOVAGE_KILL_ROUNDS").flatMap { Int($0) } ?? 150,
        seed: variable("LOVAGE_KILL_SEED").flatMap { UInt64($0) } ?? 1)

    @Test func `loses nothing, repeats no attempt and completes no job twice`() async throws {
        let folder = try TestFolder()
        let passes = folder.file("passes")
        let environment = ["LEDGER": folder.file("ledger").path, "LOVAGE_CRASH_COUNT": passes.path]
        try KillLoad.define(in: folder)
        try await Self.prepare(folder, environment)
        let load = KillLoad()
        var hits: [String: Int] = [:]
        for blow in Self.plan.blows {
            var round = KillRound(blow: blow, folder: folder, load: load, environment: environment)
            var result = try await round.run()
            if result == .missed {
                // The machine was slow, or nothing came by: the earliest pass will do as well.
                round = KillRound(blow: blow.atFirstPass, folder: folder, load: load, environment: environment)
                result = try await round.run()
            }
            #expect(result == .fell, "\(blow)")
            if case .point(let name, _) = blow, result == .fell { hits[name, default: 0] += 1 }
        }
        let server = try await RunningServer(in: folder, arguments: ["--slots", "8"], environment: environment)
        let end = try await Recorded.afterTheEnd(of: server.client)
        let ledger = Ledger(text: try String(contentsOf: folder.file("ledger"), encoding: .utf8))
        try Self.judge(load.acknowledged, ledger, end)
        try Self.judge(hits, passesIn: passes)
        server.send(SIGTERM)
        #expect(await server.waitForEnd() == 0)
    }

    /// A server that stores the definitions, so that the load of the first round finds them.
    private static func prepare(_ folder: TestFolder, _ environment: [String: String]) async throws {
        let server = try await RunningServer(in: folder, environment: environment)
        #expect(try await server.lovage("apply", folder.file("definitions").path).code == 0)
        await server.crash()
    }

    private static func judge(_ acknowledged: KillLoad.Acknowledged, _ ledger: Ledger, _ end: Recorded) throws {
        let hit = end.jobs.values.count { $0.attempts.contains { $0.end == .lost || $0.end == .lostUnstarted } }
        print(
            "\(plan.blows.count) rounds, \(acknowledged.jobs.count) jobs and \(acknowledged.runs.count) runs acknowledged,",
            "\(end.jobs.count) jobs stored, \(hit) hit by a kill")
        #expect(acknowledged.jobs.count > plan.blows.count, "the load was too small to say anything")
        #expect(hit * 100 >= end.jobs.count, "too few kills met a running attempt to say anything")
        #expect(LedgerCheck.violations(ledger, acknowledged: acknowledged.jobs, jobs: end.jobs) == [])
        #expect(RunCheck.violations(ledger, acknowledged: acknowledged.runs, runs: end.runs) == [])
        try expectFound(ledger, acknowledged, end)
    }

    /// A run is void unless every place was hit, and passed, often enough.
    private static func judge(_ hits: [String: Int], passesIn file: URL) throws {
        let passes = Dictionary(
            grouping: try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init), by: \.self
        ).mapValues(\.count)
        let points = KillPlan.points
        print(
            "\(hits.values.reduce(0, +)) of them at \(points.count) places in the code, each hit",
            "\(points.map { hits[$0] ?? 0 }.min() ?? 0) times or more, and passed",
            "\(points.map { passes[$0] ?? 0 }.min() ?? 0) times or more")
        for point in points {
            #expect((hits[point] ?? 0) >= KillPlan.leastHits, "\(point) was hit \(hits[point] ?? 0) times")
            #expect((passes[point] ?? 0) >= KillPlan.leastHits, "\(point) was passed \(passes[point] ?? 0) times")
        }
    }

    /// The checks prove themselves on this very run: what is taken from it, and what is written into it twice, is found.
    private static func expectFound(
        _ ledger: Ledger, _ acknowledged: KillLoad.Acknowledged, _ end: Recorded
    ) throws {
        // One whose script has run: a job may be hit before that, as often as it takes to be given up.
        let start = try #require(ledger.lines.first { $0.isStart && acknowledged.jobs.contains($0.job) })
        var fewer = end.jobs
        fewer[start.job] = nil
        #expect(
            LedgerCheck.violations(ledger, acknowledged: acknowledged.jobs, jobs: fewer) == [.lost(start.job)])
        let twice = Ledger(ledger.lines + [start])
        #expect(
            LedgerCheck.violations(twice, acknowledged: acknowledged.jobs, jobs: end.jobs).contains(
                .ranTwice(start.job, attempt: start.attempt)))
        let run = try #require(acknowledged.runs.first)
        var runs = end.runs
        runs[run]?.steps["spread"]?.removeLast()
        #expect(
            RunCheck.violations(ledger, acknowledged: acknowledged.runs, runs: runs)
                == [.wrongMembers(run, step: "spread", count: 2)])
        runs[run] = nil
        #expect(RunCheck.violations(ledger, acknowledged: acknowledged.runs, runs: runs) == [.lost(run)])
    }

    private static func variable(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }
}
#endif
