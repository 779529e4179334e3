package import LovageCore
package import LovageStore

/// One job as people and programs see it. State and outcome are two fields (requirement 0.5).
package struct JobView: APIObject, Hashable {
    package let id: JobID
    package let kind: Kind
    package let queue: QueueName
    package let state: JobState.Name
    /// Nil until finished.
    package let outcome: Outcome.Name?
    /// What a waiting job waits for, or why a finished one ended so; nil when there is nothing to add.
    package let reason: String?
    /// Long parts that a list left out because they were not asked for; `get` leaves out none.
    package let leftOut: JobContents
    /// As they were sent, byte for byte; null when left out.
    package let arguments: JSONText
    package let priority: Int
    /// How often it was claimed, over all generations.
    package let attempts: Int
    /// How many failed attempts a generation may have: its retries, plus one.
    package let attemptsAllowed: Int
    package let fence: Int64
    package let generation: Int
    package let progress: ProgressView?
    package let status: StatusView?
    package let result: JSONText?
    package let failure: FailureView?
    package let workflow: MembershipView?
    /// The version of the command definition it runs; nil for a Swift kind.
    package let definition: Int?
    /// Who runs it; nil unless it runs.
    package let worker: WorkerID?
    /// The job with the same unique arguments that stands, or stood, for this member of a workflow; nil for most.
    package let standIn: JobID?
    package let submitted: StoreTime
    package let started: StoreTime?
    package let finished: StoreTime?
    /// From its submission to its start, or until now, in seconds.
    package let waitSeconds: Double
    /// How long its attempts ran together, until now for one that runs, in seconds; nil when none started.
    package let runSeconds: Double?
    /// When it may start, for a job that waits for a time.
    package let dueAt: StoreTime?

    /// Shows a job at `now`; `attempts`, all of them, are needed unless it has run without a pause.
    package init(_ job: Job, _ attempts: [Attempt], at now: Moment) {
        self.init(ListedJob(job), attempts, at: now)
    }

    /// Shows a job of a listing at `now`, with its attempts as above.
    package init(_ listed: ListedJob, _ attempts: [Attempt], at now: Moment) {
        let job = listed.job
        leftOut = listed.leftOut
        id = job.id
        kind = job.kind
        queue = job.queue
        state = job.state.name
        outcome = job.outcome?.name
        reason = job.reason
        arguments = job.arguments
        priority = Int(job.options.priority)
        self.attempts = job.attempts
        attemptsAllowed = job.options.retry.retries + 1
        fence = job.fence
        generation = job.generation
        progress = job.progress.map(ProgressView.init)
        status = job.status.map(StatusView.init)
        result = job.result
        failure = job.failure.map(FailureView.init)
        workflow = job.membership.map(MembershipView.init)
        definition = job.definition
        submitted = job.submitted.store
        started = job.started
        finished = job.finished
        let end = job.finished ?? now.store
        waitSeconds = (job.started ?? end).seconds(since: job.submitted.store)
        runSeconds = job.runTime(attempts, at: now.store).map { Double($0.wholeMicroseconds) / 1_000_000 }
        dueAt = job.state.due
        standIn = job.standIn
        if case .running(let lease) = job.state { worker = lease.worker } else { worker = nil }
    }

    package static let schema = ObjectSchema(
        "Job", "One unit of work.",
        [
            .always("id", .id, "Its name for ever."),
            .always("kind", .text(), "Which handler runs it."),
            .always("queue", .text(), "The line it stands in."),
            .always("state", .word(JobState.Name.allCases.map(\.rawValue)), "Where it stands."),
            .nullable("outcome", .word(Outcome.Name.allCases.map(\.rawValue)), "How it ended; null until finished."),
            .nullable("reason", .text(), "What it waits for, or why it ended so."),
            .maybe(
                "arguments", .any,
                "Its arguments, byte for byte as they were sent; a list leaves long ones out unless asked."),
            .always("priority", .integer(-128...127), "A higher one goes first in its queue."),
            .always("attempts", .integer(0...Int.max), "How often it was claimed, over all generations."),
            .always("attemptsAllowed", .integer(1...Int.max), "How many failed attempts a generation may have."),
            .always("fence", .integer(0...Int.max), "Raised by every claim, cancel and retry."),
            .always("generation", .integer(1...Int.max), "1, plus one for every manual retry."),
            .nullable("progress", .object(ProgressView.schema), "How far its handler says it is."),
            .nullable("status", .object(StatusView.schema), "What its handler says it is doing."),
            .maybe(
                "result", .any,
                "The result of the attempt that succeeded, null until then; a list leaves a long one out unless asked."),
            .nullable("failure", .object(FailureView.schema), "What went wrong last."),
            .nullable("workflow", .object(MembershipView.schema), "The step of the run it is."),
            .nullable("definition", .integer(1...Int.max), "The version of the command it runs."),
            .nullable("worker", .id, "Who runs it."),
            .nullable("standIn", .id, "The job with the same unique arguments that stands for this step."),
            .always("submitted", .time, "When it was submitted."),
            .nullable("started", .time, "When its first attempt started."),
            .nullable("finished", .time, "When it ended."),
            .always("waitSeconds", .number, "From its submission to its start, or until now."),
            .nullable("runSeconds", .number, "How long its attempts ran together, until now for one that runs."),
            .nullable("dueAt", .time, "When it may start, for a job that waits for a time."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        id = try reader.required("id", reader.id("id"))
        kind = try reader.required("kind", reader.name("kind"))
        queue = try reader.required("queue", reader.name("queue"))
        state = try reader.required("state", reader.word("state"))
        outcome = try reader.word("outcome")
        reason = try reader.text("reason")
        var leftOut: JobContents = []
        if !reader.has("arguments"), !reader.isNull("arguments") { leftOut.insert(.arguments) }
        if !reader.has("result"), !reader.isNull("result") { leftOut.insert(.result) }
        self.leftOut = leftOut
        arguments = reader.raw("arguments") ?? .null
        priority = try reader.required("priority", reader.integer("priority"))
        attempts = try reader.required("attempts", reader.integer("attempts"))
        attemptsAllowed = try reader.required("attemptsAllowed", reader.integer("attemptsAllowed"))
        fence = Int64(try reader.required("fence", reader.integer("fence")))
        generation = try reader.required("generation", reader.integer("generation"))
        progress = try reader.object("progress")
        status = try reader.object("status")
        result = reader.raw("result")
        failure = try reader.object("failure")
        workflow = try reader.object("workflow")
        definition = try reader.integer("definition")
        worker = try reader.id("worker")
        standIn = try reader.id("standIn")
        submitted = try reader.required("submitted", reader.moment("submitted"))
        started = try reader.moment("started")
        finished = try reader.moment("finished")
        waitSeconds = try reader.required("waitSeconds", reader.number("waitSeconds"))
        runSeconds = try reader.number("runSeconds")
        dueAt = try reader.moment("dueAt")
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("id", id.description)
        writer.member("kind", kind.text)
        writer.member("queue", queue.text)
        writer.member("state", state.rawValue)
        writer.member("outcome", outcome?.rawValue)
        writer.member("reason", reason)
        if !leftOut.contains(.arguments) { writer.member("arguments", arguments) }
        writer.member("priority", priority)
        writer.member("attempts", attempts)
        writer.member("attemptsAllowed", attemptsAllowed)
        writer.member("fence", fence)
        writer.member("generation", generation)
        writer.member("progress", object: progress)
        writer.member("status", object: status)
        if !leftOut.contains(.result) { writer.member("result", result) }
        writer.member("failure", object: failure)
        writer.member("workflow", object: workflow)
        writer.member("definition", definition)
        writer.member("worker", worker?.description)
        writer.member("standIn", standIn?.description)
        writer.member("submitted", time: submitted)
        writer.member("started", time: started)
        writer.member("finished", time: finished)
        writer.member("waitSeconds", waitSeconds)
        writer.member("runSeconds", runSeconds)
        writer.member("dueAt", time: dueAt)
    }
}

extension FieldReader {
    func moment(_ key: String) throws(ProblemView) -> StoreTime? {
        try time(key).map { StoreTime(microseconds: $0) }
    }
}

extension StoreTime {
    /// The seconds from an earlier moment, to the microsecond; 0 when it is later.
    func seconds(since earlier: StoreTime) -> Double {
        Double(max(0, (self - earlier).wholeMicroseconds)) / 1_000_000
    }
}

extension Job {
    /// What it waits for, or why it ended so, in a few words; for a merged job also whose end it shares.
    fileprivate var reason: String? {
        guard let standIn else { return state.reason }
        let merged = "merged into \(standIn)"
        guard outcome != nil, let why = state.reason else { return merged }
        return "\(why) (\(merged))"
    }
}

extension JobState {
    /// What a waiting job waits for, or why a finished one ended so, in a few words.
    var reason: String? {
        switch self {
        case .suspended(.until): "delayed"
        case .suspended(.at): "scheduled"
        case .suspended(.needs): "needs"
        case .suspended(.signal(let name)): "signal \(name)"
        case .suspended(.retry): "retry"
        case .suspended(.merged): "merged"
        case .blocked(.limit(let name)): "limit \(name)"
        case .blocked(.resource(let name)): "resource \(name)"
        case .ready, .running: nil
        case .finished(let outcome): outcome.reason
        }
    }

    /// When a job that waits for a time may start.
    var due: StoreTime? {
        switch self {
        case .suspended(.until(let due)), .suspended(.retry(let due)): due
        case .suspended(.at(let due)): StoreTime(microseconds: due.microseconds)
        case .suspended(.needs), .suspended(.signal), .suspended(.merged), .ready, .blocked, .running, .finished: nil
        }
    }
}

extension Outcome {
    /// Why it ended so, in a few words; nil when the outcome says it.
    package var reason: String? {
        switch self {
        case .succeeded, .expired: nil
        case .failed(let reason): reason.rawValue
        case .cancelled(.requested(let text)): text.isEmpty ? nil : text
        case .cancelled(.unreachable(let step)): "step \(step) did not end as needed"
        case .cancelled(.workflow(let text)):
            text.isEmpty ? "the workflow was cancelled" : "the workflow was cancelled: \(text)"
        case .skipped(let text): text.isEmpty ? nil : text
        }
    }
}
