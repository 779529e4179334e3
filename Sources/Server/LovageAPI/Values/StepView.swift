package import LovageCore
package import LovageWorkflow

/// Where one step of one run stands.
package struct StepView: APIObject, Hashable {
    package let name: String
    package let kind: String
    package let needs: [String]
    package let state: State
    /// Nil until finished.
    package let outcome: StepOutcome?
    /// Why it did not run; nil for a step whose jobs ran.
    package let reason: String?
    /// How many jobs it has; 0 until that is known.
    package let members: Int
    /// How many of them run now.
    package let running: Int
    package let ended: TallyView
    /// Attempts of all members together.
    package let attempts: Int
    /// When its first member started.
    package let started: StoreTime?
    /// When its last member ended; nil until all have.
    package let finished: StoreTime?
    /// From its start to its end, or until now; nil when it has not started.
    package let seconds: Double?
    /// The first of its jobs that failed, expired or were cancelled by somebody.
    package let failures: [MemberFailureView]

    /// Where a step can stand.
    package enum State: String, Sendable, CaseIterable {
        case waiting, running, finished
    }

    /// What its jobs say together, gathered one by one.
    package struct Members: Sendable {
        private(set) var running = 0
        private(set) var attempts = 0
        private(set) var started: StoreTime?
        private(set) var finished: StoreTime?
        private(set) var failures: [MemberFailureView] = []
        /// No jobs.
        package init() {}
        /// Adds one.
        package mutating func add(_ job: Job) {
            if case .running = job.state { running += 1 }
            attempts += job.attempts
            if failures.count < MemberFailureView.most, let failure = MemberFailureView(job) {
                failures.append(failure)
            }
            if let began = job.started { started = min(started ?? began, began) }
            if let ended = job.finished { finished = max(finished ?? ended, ended) }
        }
    }

    /// Shows a step at `now`.
    package init(_ step: StepRun, _ definition: WorkflowDefinition.Step?, _ jobs: Members, at now: Moment) {
        name = step.name
        kind = definition?.kind.text ?? ""
        needs = definition?.needs ?? []
        switch step.state {
        case .waiting: state = .waiting
        case .running: state = .running
        case .finished: state = .finished
        }
        outcome = step.outcome
        reason = step.reason
        members = step.members
        running = jobs.running
        ended = TallyView(step.ended)
        attempts = jobs.attempts
        started = jobs.started
        finished = step.isFinished ? jobs.finished : nil
        let end = finished ?? now.store
        seconds = jobs.started.map { end.seconds(since: $0) }
        failures = jobs.failures
    }

    package static let schema = ObjectSchema(
        "Step", "Where one step of one run stands.",
        [
            .always("name", .text(), "Its name in the definition."),
            .always("kind", .text(), "The kind it runs."),
            .always("needs", .list(.text()), "The steps that must have ended before it."),
            .always("state", .word(State.allCases.map(\.rawValue)), "Where it stands."),
            .nullable("outcome", .word(StepOutcome.allCases.map(\.rawValue)), "How it ended; null until finished."),
            .nullable("reason", .text(), "Why it did not run."),
            .always("members", .integer(0...Int.max), "How many jobs it has; 0 until that is known."),
            .always("running", .integer(0...Int.max), "How many of them run now."),
            .always("ended", .object(TallyView.schema), "How many of them have ended each way."),
            .always("attempts", .integer(0...Int.max), "Attempts of all of them together."),
            .nullable("started", .time, "When the first of them started."),
            .nullable("finished", .time, "When the last of them ended."),
            .nullable("seconds", .number, "From its start to its end, or until now."),
            .always(
                "failures", .list(.object(MemberFailureView.schema)),
                "The first of its jobs that failed, expired or were cancelled by somebody."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        name = try reader.required("name", reader.text("name"))
        kind = try reader.required("kind", reader.text("kind"))
        needs = try reader.texts("needs") ?? []
        state = try reader.required("state", reader.word("state"))
        outcome = try reader.word("outcome")
        reason = try reader.text("reason")
        members = try reader.required("members", reader.integer("members"))
        running = try reader.required("running", reader.integer("running"))
        ended = try reader.required("ended", reader.object("ended"))
        attempts = try reader.required("attempts", reader.integer("attempts"))
        started = try reader.moment("started")
        finished = try reader.moment("finished")
        seconds = try reader.number("seconds")
        failures = try reader.objects("failures") ?? []
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("name", name)
        writer.member("kind", kind)
        writer.member("needs", texts: needs)
        writer.member("state", state.rawValue)
        writer.member("outcome", outcome?.rawValue)
        writer.member("reason", reason)
        writer.member("members", members)
        writer.member("running", running)
        writer.member("ended", object: ended)
        writer.member("attempts", attempts)
        writer.member("started", time: started)
        writer.member("finished", time: finished)
        writer.member("seconds", seconds)
        writer.member("failures", objects: failures)
    }
}

/// Counts of a step's jobs by how they ended.
package struct TallyView: APIObject, Hashable {
    package let succeeded: Int
    package let failed: Int
    package let cancelled: Int
    package let skipped: Int
    /// All of them.
    package var total: Int { succeeded + failed + cancelled + skipped }

    init(_ tally: StepRun.Tally) {
        (succeeded, failed, cancelled, skipped) = (tally.succeeded, tally.failed, tally.cancelled, tally.skipped)
    }

    package static let schema = ObjectSchema(
        "Tally", "Counts of a step's jobs by how they ended.",
        [
            .always("succeeded", .integer(0...Int.max), "Succeeded."),
            .always("failed", .integer(0...Int.max), "Failed or expired."),
            .always("cancelled", .integer(0...Int.max), "Cancelled."),
            .always("skipped", .integer(0...Int.max), "Had nothing to do."),
            .always("total", .integer(0...Int.max), "All of them."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        succeeded = try reader.required("succeeded", reader.count("succeeded"))
        failed = try reader.required("failed", reader.count("failed"))
        cancelled = try reader.required("cancelled", reader.count("cancelled"))
        skipped = try reader.required("skipped", reader.count("skipped"))
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("succeeded", succeeded)
        writer.member("failed", failed)
        writer.member("cancelled", cancelled)
        writer.member("skipped", skipped)
        writer.member("total", total)
    }
}
