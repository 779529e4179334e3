import LovageAPI
import LovageCore
import LovageRemote

/// Everything a store says in the end.
struct Recorded: Sendable {
    private(set) var jobs: [String: RecordedJob] = [:]
    private(set) var runs: [String: RecordedRun] = [:]

    /// Lets everything come to its end first: what can run runs, what nobody takes is purged.
    static func afterTheEnd(of client: RemoteClient) async throws -> Recorded {
        for queue in try await client.queues().map(\.name) where KillLoad.unread.contains(queue) {
            _ = try await client.purge(queue)
        }
        _ = try await client.join("default", within: .seconds(600))
        return try await now(of: client)
    }

    /// Reads everything as it stands.
    static func now(of client: RemoteClient) async throws -> Recorded {
        var recorded = Recorded()
        try await recorded.readRuns(client)
        try await recorded.readJobs(client)
        return recorded
    }

    private mutating func readRuns(_ client: RemoteClient) async throws {
        var after: String?
        repeat {
            let page = try await client.workflows(limit: 1_000, after: after)
            for run in page.items { runs[run.id.description] = RecordedRun(isFinished: run.state == .finished) }
            after = page.next
        } while after != nil
    }

    private mutating func readJobs(_ client: RemoteClient) async throws {
        var after: String?
        repeat {
            let page = try await client.jobs(limit: 1_000, after: after)
            for job in page.items {
                let attempts = job.attempts == 0 ? [] : try await client.attempts(of: job.id)
                jobs[job.id.description] = RecordedJob(
                    isFinished: job.state == .finished, succeeded: job.outcome == .succeeded,
                    attempts: attempts.map { .init(number: $0.number, fence: $0.fence, end: $0.end) })
                if let member = job.workflow {
                    runs[member.id.description]?.steps[member.step, default: []].append(job.id.description)
                }
            }
            after = page.next
        } while after != nil
    }
}
