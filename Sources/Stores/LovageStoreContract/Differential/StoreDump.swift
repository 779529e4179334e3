public import LovageCore
public import LovageStore
import LovageWorkflow

/// Everything people can see of a store, in the order the seam promises.
public struct StoreDump: Equatable, Sendable {
    /// All jobs, newest first.
    public var jobs: [Job] = []
    private var attempts: [JobID: [Attempt]] = [:]
    private var queues: [QueueOverview] = []
    private var workers: [WorkerOverview] = []
    private var runs: [WorkflowRun] = []
    private var members: [[Job]] = []
    private var definitions: [StoredDefinition] = []

    /// Reads a store, page by page. Complexity: O(everything stored).
    public init(of store: any Store) async throws {
        var request: PageRequest? = PageRequest(limit: 100)
        while let present = request {
            let page = try await store.jobs(JobFilter(), page: present)
            jobs += page.items
            request = page.next.map { PageRequest(limit: 100, after: $0) }
        }
        for job in jobs { attempts[job.id] = try await store.attempts(of: job.id) }
        queues = try await store.queues()
        workers = try await store.workers()
        runs = try await store.workflows(WorkflowFilter(), page: PageRequest(limit: 1_000)).items
        for run in runs {
            for step in run.steps {
                members.append(try await store.members(of: run.id, step: step.name, offset: 0, limit: 1_000))
            }
        }
        definitions = try await store.definitions()
    }

    /// The first thing in which two dumps differ, for people.
    public func difference(from other: StoreDump) -> String? {
        for (left, right) in zip(jobs, other.jobs) where left != right { return "\(left)\n\(right)" }
        if jobs.count != other.jobs.count { return "\(jobs.count) and \(other.jobs.count) jobs" }
        for job in jobs where attempts[job.id] != other.attempts[job.id] {
            return "\(attempts[job.id] ?? [])\n\(other.attempts[job.id] ?? [])"
        }
        for (left, right) in zip(queues, other.queues) where left != right { return "\(left)\n\(right)" }
        for (left, right) in zip(workers, other.workers) where left != right { return "\(left)\n\(right)" }
        for (left, right) in zip(runs, other.runs) where left != right { return "\(left)\n\(right)" }
        return self == other ? nil : "queues, workers, runs, members or definitions"
    }
}
