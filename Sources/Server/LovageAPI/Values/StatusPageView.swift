package import LovageCore

/// One page for people: how the server is, and what happens in it.
package struct StatusPageView: APIObject, Hashable {
    package let health: HealthView
    /// What is wrong, one sentence each; empty when all is well.
    package let troubles: [String]
    package let queues: [QueueView]
    package let workers: [WorkerView]
    /// The newest of what runs.
    package let running: [JobLineView]
    /// What waits, one line for each queue and state, with the reason of one job of it.
    package let waits: [WaitView]
    /// What failed or expired in the last day, newest first.
    package let failures: [JobLineView]

    /// Most lines of each part.
    package static let most = 20

    /// Puts a page together.
    package init(
        health: HealthView, queues: [QueueView], workers: [WorkerView], running: [JobLineView], waits: [WaitView],
        failures: [JobLineView]
    ) {
        self.health = health
        troubles = health.troubles
        self.queues = queues
        self.workers = workers
        self.running = running
        self.waits = waits
        self.failures = failures
    }

    package static let schema = ObjectSchema(
        "StatusPage", "One page for people: how the server is, and what happens in it.",
        [
            .always("health", .object(HealthView.schema), "How the server is."),
            .always("troubles", .list(.text()), "What is wrong, one sentence each; empty when all is well."),
            .always("queues", .list(.object(QueueView.schema)), "The queues by name."),
            .always("workers", .list(.object(WorkerView.schema)), "The live workers, oldest first."),
            .always("running", .list(.object(JobLineView.schema)), "The newest of what runs."),
            .always("waits", .list(.object(WaitView.schema)), "What waits and why, by queue and state."),
            .always("failures", .list(.object(JobLineView.schema)), "What failed in the last day, newest first."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        health = try reader.required("health", reader.object("health"))
        troubles = try reader.texts("troubles") ?? []
        queues = try reader.required("queues", reader.objects("queues"))
        workers = try reader.required("workers", reader.objects("workers"))
        running = try reader.required("running", reader.objects("running"))
        waits = try reader.required("waits", reader.objects("waits"))
        failures = try reader.required("failures", reader.objects("failures"))
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("health", object: health)
        writer.member("troubles", texts: troubles)
        writer.member("queues", objects: queues)
        writer.member("workers", objects: workers)
        writer.member("running", objects: running)
        writer.member("waits", objects: waits)
        writer.member("failures", objects: failures)
    }
}

extension HealthView {
    /// What is wrong, one sentence each; empty when all is well.
    package var troubles: [String] {
        var troubles = problem.map { [$0] } ?? []
        if !isReady, problem == nil { troubles.append("no submissions are taken now") }
        if workers == 0 { troubles.append("no worker is alive: nothing starts") }
        return troubles
    }
}

/// A job in one line of the page: without its arguments and result, which may be large.
package struct JobLineView: APIObject, Hashable {
    package let id: JobID
    package let kind: Kind
    package let queue: QueueName
    /// `name`, or `name[index]` for one of many; nil outside workflows.
    package let step: String?
    package let worker: WorkerID?
    /// When it began, or when it ended.
    package let moment: StoreTime
    /// How long ago that is, in seconds.
    package let seconds: Double
    /// What went wrong; nil for a job that runs.
    package let message: String?

    /// Shows a job at `now`.
    package init(_ job: Job, at now: Moment) {
        id = job.id
        kind = job.kind
        queue = job.queue
        step = job.membership.map { member in member.step + (member.index.map { "[\($0)]" } ?? "") }
        if case .running(let lease) = job.state { worker = lease.worker } else { worker = nil }
        moment = job.finished ?? job.started ?? job.submitted.store
        seconds = now.store.seconds(since: moment)
        message = job.outcome.map { outcome in
            outcome.name == .failed
                ? job.failure.map { String($0.message.prefix(500)) } ?? outcome.reason ?? outcome.name.rawValue
                : outcome.name.rawValue
        }
    }

    package static let schema = ObjectSchema(
        "JobLine", "A job in one line, without its arguments and result.",
        [
            .always("id", .id, "The job."), .always("kind", .text(), "Which handler runs it."),
            .always("queue", .text(), "The line it stands in."),
            .nullable("step", .text(), "The step of its run, with its index for one of many."),
            .nullable("worker", .id, "Who runs it."), .always("moment", .time, "When it began, or when it ended."),
            .always("seconds", .number, "How long ago that is."),
            .nullable("message", .text(), "What went wrong."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        id = try reader.required("id", reader.id("id"))
        kind = try reader.required("kind", reader.name("kind"))
        queue = try reader.required("queue", reader.name("queue"))
        step = try reader.text("step")
        worker = try reader.id("worker")
        moment = try reader.required("moment", reader.moment("moment"))
        seconds = try reader.required("seconds", reader.number("seconds"))
        message = try reader.text("message")
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("id", id.description)
        writer.member("kind", kind.text)
        writer.member("queue", queue.text)
        writer.member("step", step)
        writer.member("worker", worker?.description)
        writer.member("moment", time: moment)
        writer.member("seconds", seconds)
        writer.member("message", message)
    }
}

/// The jobs of one queue that wait in one state, and why one of them does.
package struct WaitView: APIObject, Hashable {
    package let queue: QueueName
    package let state: JobState.Name
    package let count: Int
    /// The job that was asked.
    package let job: JobID
    package let reason: String
    package let hint: String?

    /// Makes a line of an explanation.
    package init(queue: QueueName, count: Int, _ explanation: ExplainView) {
        self.queue = queue
        state = explanation.state
        self.count = count
        job = explanation.id
        reason = explanation.summary
        hint = explanation.reasons.lazy.compactMap(\.hint).first
    }

    package static let schema = ObjectSchema(
        "Wait", "The jobs of one queue that wait in one state, and why one of them does.",
        [
            .always("queue", .text(), "The queue."),
            .always("state", .word(JobState.Name.allCases.map(\.rawValue)), "Where they stand."),
            .always("count", .integer(0...Int.max), "How many."), .always("job", .id, "The job that was asked."),
            .always("reason", .text(), "Why it waits."), .nullable("hint", .text(), "What to do about it."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        queue = try reader.required("queue", reader.name("queue"))
        state = try reader.required("state", reader.word("state"))
        count = try reader.required("count", reader.count("count"))
        job = try reader.required("job", reader.id("job"))
        reason = try reader.required("reason", reader.text("reason"))
        hint = try reader.text("hint")
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("queue", queue.text)
        writer.member("state", state.rawValue)
        writer.member("count", count)
        writer.member("job", job.description)
        writer.member("reason", reason)
        writer.member("hint", hint)
    }
}
