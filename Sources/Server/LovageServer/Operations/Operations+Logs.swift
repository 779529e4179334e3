#if Server
import LovageAPI
import LovageCore
import LovageStore
import ServiceLifecycle

extension Operations {
    /// How much of a log is held at once.
    private static let slice = 64 << 10
    /// A line now and then shows a client that a silent log is still followed, and us that the client is still there.
    private static let silence = Duration.seconds(15)

    /// `GET /jobs/{id}/logs`
    func logs(_ call: Call) async throws -> Reply {
        let job = try await known(try call.id(JobID.self))
        let attempt = try call.query.integer("attempt", in: 1...Int.max) ?? max(1, job.attempts)
        // The first one may be waited for; a later one that never began has no output and never will under this number.
        guard attempt <= max(1, job.attempts) else {
            throw ProblemView(
                .unknownAttempt,
                "job \(job.id) has no attempt \(attempt): it had \(job.attempts) attempt\(job.attempts == 1 ? "" : "s")",
                field: "attempt", hint: "leave it out for the last one")
        }
        let key = AttemptKey(job: job.id, attempt: attempt)
        let follow = try call.query.boolean("follow") ?? false
        let start = try LogEvents.start(after: call.lastEventID)
        guard try await log.read(key, from: start, upTo: 1) != nil else {
            throw ProblemView(
                .invalidRequest, "the log of attempt \(attempt) has no piece that begins at \(start)",
                field: "Last-Event-ID", hint: "begin again without it")
        }
        guard follow else {
            return .stream(mediaType: "text/plain; charset=utf-8") { write in
                var offset = start
                while let chunk = try await log.read(key, from: offset, upTo: Self.slice), chunk.next > offset {
                    for entry in chunk.pieces { try await write(entry.piece.bytes) }
                    offset = chunk.next
                }
            }
        }
        let caller = call.caller
        let place = try caller.placeToWait()
        return .stream(mediaType: "text/event-stream") { write in
            try await self.follow(key, from: start, caller, write)
            withExtendedLifetime(place) {}
        }
    }

    /// Writes events until the attempt is over and all of its output is written, the caller has left, or the server stops.
    @concurrent private func follow(
        _ key: AttemptKey, from start: Int64, _ caller: Caller, _ write: Reply.Write
    ) async throws {
        let sources = [log.changes(of: key.job), store.wakeUps.listen(to: [.job(key.job)])]
        let (changes, changed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let timekeeper = timekeeper
        try await withThrowingTaskGroup(of: Void.self) { group in
            for source in sources {
                group.addTask { for await _ in source { changed.yield() } }
            }
            group.addTask {
                while true {
                    try await timekeeper.sleep(Self.silence)
                    changed.yield()
                }
            }
            if let departure = caller.departure {
                group.addTask {
                    await departure.hasCome()
                    changed.finish()
                }
            }
            try await withGracefulShutdownHandler {
                try await follow(key, from: start, changes, write)
            } onGracefulShutdown: {
                changed.finish()
            }
            group.cancelAll()
        }
    }

    @concurrent private func follow(
        _ key: AttemptKey, from start: Int64, _ changes: AsyncStream<Void>,
        _ write: Reply.Write
    ) async throws {
        var events = LogEvents(attempt: key.attempt, offset: start)
        var iterator = changes.makeAsyncIterator()
        repeat {
            // The end is looked for before the output is read: what was written before it is then not missed.
            let end = try await end(of: key)
            let before = events.offset
            try await writeAll(of: key, &events, write)
            if let end { return try await write(events.end(end)) }
            if events.offset == before { try await write(Array(": still running\n\n".utf8)) }
        } while await iterator.next(isolation: #isolation) != nil
    }

    /// Writes what is there behind the last event as events.
    private func writeAll(of key: AttemptKey, _ events: inout LogEvents, _ write: Reply.Write) async throws {
        while let chunk = try await log.read(key, from: events.offset, upTo: Self.slice), chunk.next > events.offset {
            for entry in chunk.pieces { try await write(events.output(entry)) }
        }
    }

    /// What to say at the end of an attempt's output; nil while more may come.
    private func end(of key: AttemptKey) async throws -> LogEndView? {
        guard let job = try await store.job(key.job) else {
            return LogEndView(attempt: key.attempt, state: .finished, outcome: nil)
        }
        let attempt = try await store.attempts(of: key.job).first { $0.number == key.attempt }
        let isOver = attempt.map { $0.end != nil } ?? (job.outcome != nil || job.attempts > key.attempt)
        return isOver ? LogEndView(attempt: key.attempt, state: job.state.name, outcome: job.outcome?.name) : nil
    }
}
#endif
