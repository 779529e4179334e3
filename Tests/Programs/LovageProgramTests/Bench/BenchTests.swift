import Foundation
import LovageClient
import LovageCore
import Testing

@testable import lovage

/// The workloads of `lovage bench`, small. How fast they are is no test's business; that they measured what they say is.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `The benchmark` {
    private static let plan = BenchPlan(
        workloads: BenchPlan.Workload.allCases, rounds: 2, span: .milliseconds(20), waiting: 100, backlog: 1_500,
        slots: 2, dueJobs: 40, dueSpan: .milliseconds(100))

    @Test func `gives every figure of every workload in every round`() async throws {
        let folder = try TestFolder()
        var bench = BenchRun(Self.plan, in: folder.url) { _ in }
        let report = try await bench.report()
        #expect(
            report.lines.map(\.part.key) == [
                "idle", "submit_1", "submit_16", "submit_64", "bulk_100", "bulk_1000", "drain", "drain_backlog",
                "produce_and_work", "start", "result", "due", "due_backlog", "chain", "fan_out",
            ])
        for line in report.lines {
            #expect(line.figures.count == 2, "\(line.part.key)")
            #expect((line.rate ?? 0 > 0) == (line.part != .idle), "\(line.part.key)")
            #expect(line.memory ?? 0 > 0, "\(line.part.key)")
            #expect(line.calibration.commit > .zero && line.calibration.handOver > .zero, "\(line.part.key)")
        }
        let late = report.lines.first { $0.part == .due(backlog: 1_500) }
        #expect(late?.jobs == 40)
        #expect((late?.p50 ?? .zero) > .zero && (late?.p50 ?? .zero) <= (late?.p99 ?? .zero))
        let json = try JSONValue(parsing: report.json.bytes)
        #expect(json["figures"]?.arrayValue?.count == report.lines.count)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        #expect(left == [], "the stores are deleted")
    }

    @Test func `gives no figure when the store does not hold what was submitted`() async throws {
        let folder = try TestFolder()
        let bed = try BenchBed(in: folder.file("bed"), Self.plan)
        let ids = try await bed.client.submit(many: [BenchJob.sample, BenchJob.sample]).map(\.id)
        try await bed.checkWaiting(ids)
        await #expect(throws: CommandFailure.self) { try await bed.checkWaiting([ids[0]]) }
        await #expect(throws: CommandFailure.self) { try await bed.checkWaiting([ids[0], ids[0]]) }
        let other = try await bed.client.submit(BenchPing(payload: "other")).id
        await #expect(throws: CommandFailure.self) { try await bed.checkWaiting(ids + [other]) }
        try bed.clear()
    }

    @Test func `gives no figure when a job ended otherwise than it should`() async throws {
        let folder = try TestFolder()
        let bed = try BenchBed(in: folder.file("bed"), Self.plan)
        let id = try await bed.client.submit(BenchJob.sample).id
        let countdown = bed.recorded.expect(1)
        try await bed.withWorker { await countdown.wait() }
        try await bed.checkEnds(atLeast: 1, result: BenchJob.result)
        await #expect(throws: CommandFailure.self) { try await bed.checkEnds(atLeast: 2, result: BenchJob.result) }
        await #expect(throws: CommandFailure.self) { try await bed.checkEnds(atLeast: 1, result: BenchDue.result) }
        let job = try #require(try await bed.client.job(id))
        bed.recorded.add(job)
        await #expect(throws: CommandFailure.self) { try await bed.checkEnds(atLeast: 1, result: BenchJob.result) }
        try bed.clear()
    }
}
