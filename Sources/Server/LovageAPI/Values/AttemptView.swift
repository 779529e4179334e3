package import LovageCore

/// One attempt of a job.
package struct AttemptView: APIObject, Hashable {
    /// Which claim of the job it was, from 1.
    package let number: Int
    package let generation: Int
    package let fence: Int64
    package let worker: WorkerID
    package let claimed: StoreTime
    package let started: StoreTime?
    package let ended: StoreTime?
    /// How it ended; nil while it runs.
    package let end: AttemptEnd.Name?
    /// Why it was skipped; nil otherwise.
    package let reason: String?
    package let failure: FailureView?
    package let result: JSONText?
    /// From its start to its end, or until now, in seconds; nil when it never started.
    package let runSeconds: Double?

    /// Shows an attempt at `now`.
    package init(_ attempt: Attempt, at now: Moment) {
        number = attempt.number
        generation = attempt.generation
        fence = attempt.fence
        worker = attempt.worker
        claimed = attempt.claimed
        started = attempt.started
        ended = attempt.ended
        end = attempt.end?.name
        runSeconds = attempt.started.map { (attempt.ended ?? now.store).seconds(since: $0) }
        switch attempt.end {
        case .succeeded(let result): (reason, failure, self.result) = (nil, nil, result)
        case .failed(let failure), .timedOut(let failure):
            (reason, self.failure, result) = (nil, FailureView(failure), nil)
        case .skipped(let text): (reason, failure, result) = (text, nil, nil)
        case .snoozed(let wait): (reason, failure, result) = ("again after \(wait)", nil, nil)
        case .handedBack, .lost, .cancelled, .deadlinePassed, nil: (reason, failure, result) = (nil, nil, nil)
        }
    }

    package static let schema = ObjectSchema(
        "Attempt", "One claim of a job by one worker.",
        [
            .always("number", .integer(1...Int.max), "Which claim of the job it was."),
            .always("generation", .integer(1...Int.max), "The generation it belongs to."),
            .always("fence", .integer(1...Int.max), "The number that every write of it carries."),
            .always("worker", .id, "Who ran it."),
            .always("claimed", .time, "When it was claimed; its job's time, if that was a moment later."),
            .nullable("started", .time, "When its handler started."),
            .nullable("ended", .time, "When it ended."),
            .nullable("end", .word(AttemptEnd.Name.allCases.map(\.rawValue)), "How it ended; null while it runs."),
            .nullable("reason", .text(), "Why it was skipped or snoozed."),
            .nullable("failure", .object(FailureView.schema), "What went wrong."),
            .always("result", .any, "What it returned."),
            .nullable("runSeconds", .number, "From its start to its end, or until now."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        number = try reader.required("number", reader.integer("number"))
        generation = try reader.required("generation", reader.integer("generation"))
        fence = Int64(try reader.required("fence", reader.integer("fence")))
        worker = try reader.required("worker", reader.id("worker"))
        claimed = try reader.required("claimed", reader.moment("claimed"))
        started = try reader.moment("started")
        ended = try reader.moment("ended")
        end = try reader.word("end")
        reason = try reader.text("reason")
        failure = try reader.object("failure")
        result = reader.raw("result")
        runSeconds = try reader.number("runSeconds")
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("number", number)
        writer.member("generation", generation)
        writer.member("fence", fence)
        writer.member("worker", worker.description)
        writer.member("claimed", time: claimed)
        writer.member("started", time: started)
        writer.member("ended", time: ended)
        writer.member("end", end?.rawValue)
        writer.member("reason", reason)
        writer.member("failure", object: failure)
        writer.member("result", result)
        writer.member("runSeconds", runSeconds)
    }
}

/// All attempts of a job, oldest first.
package struct AttemptsView: APIObject, Hashable {
    package let attempts: [AttemptView]
    package init(_ attempts: [AttemptView]) { self.attempts = attempts }

    package static let schema = ObjectSchema(
        "Attempts", "All attempts of a job, oldest first.",
        [.always("attempts", .list(.object(AttemptView.schema)), "The attempts.")])

    package init(reading reader: FieldReader) throws(ProblemView) {
        attempts = try reader.required("attempts", reader.objects("attempts"))
    }

    package func write(to writer: inout JSONWriter) { writer.member("attempts", objects: attempts) }
}
