import Foundation
import LovageAPI
import LovageCore
import LovageRemote
import Synchronization

/// What is asked of the server in every round, all at once, and what of it was acknowledged.
///
/// It goes through everything that a kill may cut in two: single and bulk submissions, failing jobs and their retries,
/// workflows that fan out and in, cancelled jobs and runs, a purge, and jobs whose time to start runs out.
final class KillLoad: Sendable {
    /// The ids that a server answered with.
    struct Acknowledged: Sendable {
        var jobs: Set<String> = []
        var runs: Set<String> = []
    }

    /// Queues that no worker takes from: one to be purged, one whose jobs expire, one whose jobs are wanted and not.
    static let unread: [QueueName] = ["unread", "late", "later"]

    private let answered = Mutex(Acknowledged())
    private let jobsEach: Int

    init(jobsEach: Int = 2) { self.jobsEach = jobsEach }

    var acknowledged: Acknowledged { answered.withLock { $0 } }

    /// Writes the definitions that the load needs; scripts append to the file that `LEDGER` names.
    static func define(in folder: TestFolder) throws {
        try folder.write(Ledger.script, to: "definitions/scripts/ledger.sh")
        try folder.write(Ledger.script + "\nexit 1", to: "definitions/scripts/fail.sh")
        try folder.write(
            """
            command: ledger.append
            run: [scripts/ledger.sh, "${args.pause}"]
            parameters:
              pause: {type: string, default: "0.03"}
            inherit: [PATH, LEDGER]
            ---
            command: ledger.fail
            run: [scripts/fail.sh, "0"]
            retries: 1
            backoff: {fixed: 20ms}
            inherit: [PATH, LEDGER]
            ---
            workflow: fan
            parameters:
              parts: {type: list, default: [1, 2, 3]}
            steps:
              spread:
                foreach: ${params.parts}
                run: ledger.append
                with: {pause: "0.0${item}"}
              gather:
                needs: [spread]
                run: ledger.append
                with: {pause: "0.01"}
            """, to: "definitions/ledger.yaml")
    }

    /// Returns when more was acknowledged than when it was called: from then on a blow falls into the middle of the work.
    func grow() async {
        let before = acknowledged.jobs.count
        while acknowledged.jobs.count == before, !Task.isCancelled { await Task.yield() }
    }

    /// Asks for everything until it is answered or the server is gone.
    func run(on client: RemoteClient) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.untilGone { try await self.submitMany(to: client) } }
            group.addTask { await self.untilGone { try await self.submitSingly(to: client) } }
            group.addTask { await self.untilGone { try await self.cancel(on: client) } }
            group.addTask { await self.untilGone { try await self.runWorkflows(on: client) } }
            group.addTask { await self.untilGone { try await self.submitToUnread(client) } }
            group.addTask { await self.untilGone { _ = try await client.apply(Self.newVersion()) } }
        }
    }

    private func untilGone(_ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            // The server is gone, which is what the test is about: what was not answered was not acknowledged.
        }
    }

    private func submitMany(to client: RemoteClient) async throws {
        let requests = (0..<jobsEach).map { Self.request(pause: $0) }
        for answer in try await client.submit(requests) { add(answer.id) }
        add(try await client.submit(SubmitRequest(kind: "ledger.fail")).id)
    }

    private func submitSingly(to client: RemoteClient) async throws {
        for index in 0..<jobsEach { add(try await client.submit(Self.request(pause: index)).id) }
    }

    /// A job that waits is cancelled, and then wanted after all. Another one comes to its time: where no worker could take it
    /// ahead of that, it is promoted.
    private func cancel(on client: RemoteClient) async throws {
        var request = Self.request(pause: 1)
        request.options.queue = "later"
        request.unknownQueue = .wait
        request.options.start = .after(.milliseconds(20))
        add(try await client.submit(request).id)
        request.options.start = .after(.seconds(3_600))
        guard let id = try await client.submit(request).id else { return }
        add(id)
        _ = try await client.cancel(id)
        _ = try await client.retry(id)
    }

    private func runWorkflows(on client: RemoteClient) async throws {
        add(run: try await client.run("fan").run.id)
        let second = try await client.run("fan").run.id
        add(run: second)
        _ = try await client.cancel(second)
    }

    private func submitToUnread(_ client: RemoteClient) async throws {
        var request = Self.request(pause: 0)
        request.options.queue = "unread"
        request.unknownQueue = .wait
        for answer in try await client.submit([request, request]) { add(answer.id) }
        request.options.queue = "late"
        request.options.startWithin = .milliseconds(10)
        for answer in try await client.submit([request, request]) { add(answer.id) }
        _ = try await client.purge("unread")
    }

    /// A definition that is another one each time.
    private static func newVersion() -> ApplyRequest {
        let text = "command: ledger.unused\ndescription: \(UUID())\nrun: [\"true\"]\n"
        return ApplyRequest(files: [FileView(path: "unused.yaml", text: text)])
    }

    private static func request(pause: Int) -> SubmitRequest {
        SubmitRequest(kind: "ledger.append", arguments: JSONText(trusted: Array(#"{"pause": "0.0\#(pause)"}"#.utf8)))
    }

    private func add(_ id: JobID?) {
        guard let id else { return }
        _ = answered.withLock { $0.jobs.insert(id.description) }
    }

    private func add(run id: WorkflowID) { _ = answered.withLock { $0.runs.insert(id.description) } }
}
