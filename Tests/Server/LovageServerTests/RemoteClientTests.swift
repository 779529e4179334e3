import HummingbirdTesting
import LovageAPI
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageTesting
import LovageWorkflow
import Testing

@testable import LovageRemote
@testable import LovageServer

@Suite(.timeLimit(.minutes(5))) struct RemoteClientTests {
    /// Runs `body` with a client of a server that listens on a free port.
    private func served(_ bed: Bed, _ body: @escaping @Sendable (RemoteClient) async throws -> Void) async throws {
        try await bed.run(.live) { api in
            let port = try #require(api.client.port)
            try await body(RemoteClient(server: "http://127.0.0.1:\(port)"))
        }
    }

    @Test func `a job goes through its whole life over HTTP`() async throws {
        let bed = Bed()
        try await served(bed) { client in
            try await bed.register()
            var request = SubmitRequest(kind: "k", arguments: try JSONText(validating: #"{"a": [1.50]}"#))
            request.options.retries = 1
            request.options.backoff = .exponential(base: .seconds(1), cap: .seconds(9), jitter: false)
            request.options.unique = .allArguments
            let submitted = try await client.submit(request)
            let id = try #require(submitted.id)
            #expect(submitted.answer == .created)
            #expect(try await client.submit(request).answer == .merged)
            let job = try await client.job(id)
            #expect(job.arguments.string == #"{"a": [1.50]}"#)
            #expect(job.attemptsAllowed == 2)
            #expect(try await client.explain(id).mayRun)
            let claimed = try #require(try await bed.claim().first)
            async let waited = client.wait(for: id)
            await bed.clock.sleepers(atLeast: 1)
            try await bed.end(claimed, .succeeded(try JSONText(validating: "[1, 2]")))
            #expect(try await waited.result?.string == "[1, 2]")
            #expect(try await client.attempts(of: id).map(\.end) == [.succeeded])
            #expect(try await client.retry(id).generation == 2)
            #expect(try await client.cancel(id, reason: "enough").outcome == .cancelled)
            #expect(try await client.jobs(JobsFilter(state: .finished)).items.map(\.id) == [id])
            let many = try await client.submit([SubmitRequest(kind: "k"), SubmitRequest(kind: "l", unknownKind: .wait)])
            #expect(many.map(\.answer) == [.created, .created])
        }
    }

    @Test func `refusals keep their code, message and hint`() async throws {
        try await served(Bed()) { client in
            let error = await #expect(throws: RemoteError.self) {
                try await client.job(JobID(UUIDv7(high: 0x7000, low: 1 << 63)))
            }
            #expect(error?.code == .unknownJob)
            #expect(error?.hint != nil)
            let full = await #expect(throws: RemoteError.self) {
                _ = try await client.change("q", QueueChange(capacity: .set(1)))
                _ = try await client.submit(SubmitRequest(kind: "k", options: Self.inQueue("q")))
                _ = try await client.submit(SubmitRequest(kind: "k", options: Self.inQueue("q")))
            }
            #expect(full?.code == .queueFull)
            let removed = try await client.change("q", QueueChange(capacity: .remove))
            #expect(removed.capacity == nil)
        }
    }

    private static func inQueue(_ queue: QueueName) -> OptionsRequest {
        var options = OptionsRequest()
        options.queue = queue
        return options
    }

    @Test func `no server is another error than a refusal`() async throws {
        let client = RemoteClient(server: "http://127.0.0.1:1")
        let error = await #expect(throws: RemoteError.self) { try await client.health() }
        // Said at once, that is: after a wait it would have been a time-out.
        guard case .noServer = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `queues, workers, health and the document are read`() async throws {
        let bed = Bed()
        try await served(bed) { client in
            try await bed.register(queues: ["a/b:c"])
            let slashed: QueueName = "a/b:c"
            #expect(try await client.pause(slashed).isPaused)
            #expect(try await client.queues().map(\.name) == [slashed])
            #expect(try await client.resume(slashed).isPaused == false)
            #expect(try await client.purge(slashed) == 0)
            #expect(try await client.join(slashed).isIdle)
            #expect(try await client.workers().map(\.name) == ["w1"])
            #expect(try await client.health().isReady)
            #expect(try await client.document() == OpenAPI.document(version: "test"))
        }
    }

    @Test func `workflows are applied, run, shown and cancelled`() async throws {
        try await served(Bed()) { client in
            let request = try ApplyRequest(
                JSONText(validating: WorkflowRouteTests.files, limits: .trusted), isStrict: true)
            #expect(try await client.apply(request).definitions.map(\.change) == [.created, .created])
            #expect(try await client.definitions().count == 2)
            let definition = try await client.definition(.workflow, named: "backup")
            #expect(try Definition(canonicalJSON: definition.content).name == "backup")
            #expect(try await client.graph(of: "backup").steps.count == 2)
            let run = try await client.run("backup")
            #expect(try await client.workflow(run.run.id).steps.count == 2)
            #expect(try await client.explain(run.run.id).state == .running)
            #expect(try await client.cancel(run.run.id).run.outcome == .cancelled)
            #expect(try await client.wait(for: run.run.id).run.state == .finished)
            #expect(try await client.workflows(outcome: .cancelled).items.count == 1)
        }
    }

    @Test func `a request that is too large is refused before it is sent, with its size`() async throws {
        let client = RemoteClient(server: "http://127.0.0.1:1")
        let text = try JSONText(validating: #""\#(String(repeating: "x", count: 1 << 20))""#, limits: .trusted)
        let error = await #expect(throws: RemoteError.self) {
            try await client.submit(SubmitRequest(kind: "k", arguments: text))
        }
        #expect(error?.code == .bodyTooLarge)
        #expect(error?.description.hasSuffix("bytes, at most 1048576 are taken at once") == true)
    }

    @Test func `a log is followed piece by piece to its end`() async throws {
        let bed = Bed()
        try await served(bed) { client in
            try await bed.register()
            let id = try #require(try await client.submit(SubmitRequest(kind: "k")).id)
            let job = try #require(try await bed.claim().first)
            let key = AttemptKey(job: id, attempt: 1)
            try await bed.log.append(LogPiece(stream: .output, bytes: Array("first".utf8)), to: key)
            #expect(try await client.logs(of: id) == Array("first".utf8))
            var iterator = try await client.followLogs(of: id).makeAsyncIterator()
            let piece = try await iterator.next()
            #expect(piece == .piece(LogPieceView(attempt: 1, stream: .stdout, bytes: Array("first".utf8)), next: 1))
            try await bed.log.append(LogPiece(stream: .error, bytes: Array("second".utf8)), to: key)
            #expect(
                try await iterator.next()
                    == .piece(LogPieceView(attempt: 1, stream: .stderr, bytes: Array("second".utf8)), next: 2))
            try await bed.end(job, .succeeded(nil))
            #expect(try await iterator.next() == .end(LogEndView(attempt: 1, state: .finished, outcome: .succeeded)))
            #expect(try await iterator.next() == nil)
        }
    }

    @Test func `events are read however the bytes are cut`() {
        let stream = "id: 1\nevent: output\ndata: a\ndata: b\n\n: comment\n\nevent: end\r\ndata:c\r\n\r\n"
        for size in 1...stream.utf8.count {
            var parser = EventParser()
            var events: [EventParser.Event] = []
            let bytes = Array(stream.utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                parser.feed(Array(bytes[start..<min(start + size, bytes.count)]))
                while let event = parser.next() { events.append(event) }
            }
            #expect(
                events == [
                    EventParser.Event(id: "1", name: "output", data: "a\nb"),
                    EventParser.Event(id: "1", name: "end", data: "c"),
                ])
        }
    }
}
