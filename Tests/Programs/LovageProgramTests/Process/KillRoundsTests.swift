import Foundation
import LovageAPI
import LovageCore
import LovageRemote
import Synchronization
import Testing

/// Real servers, really killed: what scripts wrote down themselves must agree with what was acknowledged and stored.
@Suite(.serialized, .timeLimit(.minutes(60))) struct `Killing the server` {
    /// Ten of eleven rounds end with SIGKILL: 150 of them, or as many as `LOVAGE_KILL_ROUNDS` says of both sorts.
    private static let rounds =
        ProcessInfo.processInfo.environment["LOVAGE_KILL_ROUNDS"].flatMap { Int($0) } ?? 165
    private static let submitters = 3
    private static let jobsEach = 8

    @Test func `loses nothing, repeats no attempt and completes no job twice`() async throws {
        let folder = try TestFolder()
        let environment = ["LEDGER": folder.file("ledger").path]
        try Self.define(in: folder)
        let acknowledged = Acknowledged()
        for round in 0..<Self.rounds {
            let server = try await RunningServer(in: folder, arguments: ["--slots", "4"], environment: environment)
            if round == 0 { #expect(try await server.lovage("apply", folder.file("definitions").path).code == 0) }
            await withDiscardingTaskGroup { group in
                for submitter in 0..<Self.submitters {
                    group.addTask { await Self.submit(to: server.client, as: submitter, into: acknowledged) }
                }
                group.addTask {
                    // The moment of the kill is all that differs between rounds, so that it falls into every phase.
                    await Self.pause(.milliseconds(40 + 35 * (round % 11)))
                    server.send(round % 11 == 10 ? SIGTERM : SIGKILL)
                }
            }
            let code = await server.waitForEnd()
            #expect(code == (round % 11 == 10 ? 0 : 128 + SIGKILL))
        }
        let server = try await RunningServer(in: folder, arguments: ["--slots", "8"], environment: environment)
        let queue = try await server.client.join("default", within: .seconds(120))
        #expect(queue.waiting + queue.running == 0)
        let jobs = try await Self.recorded(server.client)
        let ledger = Ledger(text: try String(contentsOf: folder.file("ledger"), encoding: .utf8))
        let names = acknowledged.ids
        let hit = jobs.values.count { $0.attempts.contains { $0.end == .lost || $0.end == .lostUnstarted } }
        print("\(Self.rounds) rounds, \(names.count) jobs acknowledged, \(jobs.count) stored, \(hit) hit by a kill")
        #expect(names.count > Self.rounds, "the load was too small to say anything")
        #expect(hit * 100 >= jobs.count, "too few kills met a running attempt to say anything")
        #expect(LedgerCheck.violations(ledger, acknowledged: names, jobs: jobs) == [])
        try Self.expectFound(in: ledger, names, jobs)
        server.send(SIGTERM)
        #expect(await server.waitForEnd() == 0)
    }

    /// The check proves itself on this very run: a job that is lost from it, and an attempt that ran twice, are found.
    private static func expectFound(
        in ledger: Ledger, _ names: Set<String>, _ jobs: [String: RecordedJob]
    ) throws {
        // One whose script has run: a job may be hit before that, as often as it takes to be given up.
        let start = try #require(ledger.lines.first { $0.isStart && names.contains($0.job) })
        let victim = start.job
        var fewer = jobs
        fewer[victim] = nil
        #expect(LedgerCheck.violations(ledger, acknowledged: names, jobs: fewer) == [.lost(victim)])
        let twice = Ledger(ledger.lines + [start])
        #expect(
            LedgerCheck.violations(twice, acknowledged: names, jobs: jobs).contains(
                .ranTwice(victim, attempt: start.attempt)))
    }

    private static func define(in folder: TestFolder) throws {
        try folder.write(Ledger.script, to: "definitions/scripts/ledger.sh")
        try folder.write(
            """
            command: ledger.append
            run: [scripts/ledger.sh, "${args.pause}"]
            parameters:
              pause: {type: string, default: "0.03"}
            inherit: [PATH, LEDGER]
            """, to: "definitions/ledger.yaml")
    }

    /// Submits until the server is gone; what was not answered was not acknowledged.
    private static func submit(
        to client: RemoteClient, as submitter: Int, into acknowledged: Acknowledged
    ) async {
        do {
            for index in 0..<jobsEach {
                let request = SubmitRequest(
                    kind: "ledger.append", arguments: try JSONText(validating: #"{"pause": "0.0\#(index)"}"#))
                if submitter == 0, index % 4 == 0 {
                    for answer in try await client.submit([request, request]) { acknowledged.add(answer.id) }
                } else {
                    acknowledged.add(try await client.submit(request).id)
                }
            }
        } catch {
            // The server is gone, which is what this test is about.
        }
    }

    private static func recorded(_ client: RemoteClient) async throws -> [String: RecordedJob] {
        var jobs: [String: RecordedJob] = [:]
        var after: String?
        repeat {
            let page = try await client.jobs(limit: 1_000, after: after)
            for job in page.items {
                let attempts = try await client.attempts(of: job.id)
                jobs[job.id.description] = RecordedJob(
                    isFinished: job.state == .finished, succeeded: job.outcome == .succeeded,
                    attempts: attempts.map { .init(number: $0.number, fence: $0.fence, end: $0.end) })
            }
            after = page.next
        } while after != nil
        return jobs
    }

    private static func pause(_ duration: Duration) async {
        do {
            try await ContinuousClock().sleep(for: duration)
        } catch {
            // Cancelled: the kill comes at once.
        }
    }
}

/// The ids that a server answered with.
private final class Acknowledged: Sendable {
    private let stored = Mutex<Set<String>>([])
    var ids: Set<String> { stored.withLock { $0 } }
    func add(_ id: JobID?) {
        guard let id else { return }
        _ = stored.withLock { $0.insert(id.description) }
    }
}
