package import LovageCore
import LovageWorkflow

/// Why a job runs, waits or is over: the claim rule in report mode.
package struct ExplainView: APIObject, Hashable {
    package let id: JobID
    package let state: JobState.Name
    /// True exactly when a claim by a live worker with a free slot would take it now.
    package let mayRun: Bool
    /// One sentence that sums it up.
    package let summary: String
    package let reasons: [ReasonView]
    /// How many ready jobs stand before it in its queue; nil unless it is ready.
    package let ahead: Int?

    /// Makes an explanation.
    package init(
        id: JobID, state: JobState.Name, mayRun: Bool, summary: String, reasons: [ReasonView], ahead: Int? = nil
    ) {
        self.id = id
        self.state = state
        self.mayRun = mayRun
        self.summary = summary
        self.reasons = reasons
        self.ahead = ahead
    }

    package static let schema = ObjectSchema(
        "Explanation", "Why a job runs, waits or is over.",
        [
            .always("id", .id, "The job."),
            .always("state", .word(JobState.Name.allCases.map(\.rawValue)), "Where it stands."),
            .always("mayRun", .boolean, "True exactly when a worker with a free slot would take it now."),
            .always("summary", .text(), "One sentence."),
            .always("reasons", .list(.object(ReasonView.schema)), "Every reason."),
            .nullable("ahead", .integer(0...Int.max), "How many ready jobs stand before it."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        id = try reader.required("id", reader.id("id"))
        state = try reader.required("state", reader.word("state"))
        mayRun = try reader.required("mayRun", reader.boolean("mayRun"))
        summary = try reader.required("summary", reader.text("summary"))
        reasons = try reader.required("reasons", reader.objects("reasons"))
        ahead = try reader.integer("ahead")
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("id", id.description)
        writer.member("state", state.rawValue)
        writer.member("mayRun", mayRun)
        writer.member("summary", summary)
        writer.member("reasons", objects: reasons)
        writer.member("ahead", ahead)
    }
}

/// One reason, for programs and people.
package struct ReasonView: APIObject, Hashable {
    /// For programs, such as `queue_paused`.
    package let code: String
    /// One sentence.
    package let message: String
    /// What to do about it; nil when there is nothing to do but wait.
    package let hint: String?

    /// Makes a reason.
    package init(_ code: String, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    package static let schema = ObjectSchema(
        "Reason", "One reason, for programs and people.",
        [
            .always("code", .text(), "For programs."),
            .always("message", .text(), "One sentence."),
            .nullable("hint", .text(), "What to do about it."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        code = try reader.required("code", reader.text("code"))
        message = try reader.required("message", reader.text("message"))
        hint = try reader.text("hint")
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("code", code)
        writer.member("message", message)
        writer.member("hint", hint)
    }
}

/// What a run waits for, or why it ended so.
package struct RunExplainView: APIObject, Hashable {
    package let id: WorkflowID
    package let state: RunView.State
    package let summary: String
    /// The steps that are not over; of a run that is over those that did not end as they should have.
    package let steps: [StepReasonView]
    /// What to do about it; nil when there is nothing to do but wait.
    package let hint: String?

    /// Makes an explanation.
    package init(
        id: WorkflowID, state: RunView.State, summary: String, steps: [StepReasonView], hint: String? = nil
    ) {
        self.id = id
        self.state = state
        self.summary = summary
        self.steps = steps
        self.hint = hint
    }

    package static let schema = ObjectSchema(
        "RunExplanation", "What a run waits for, or why it ended so.",
        [
            .always("id", .id, "The run."),
            .always("state", .word(RunView.State.allCases.map(\.rawValue)), "Where it stands."),
            .always("summary", .text(), "One sentence."),
            .always(
                "steps", .list(.object(StepReasonView.schema)),
                "The steps that are not over; of a run that is over those that did not end as they should have."),
            .nullable("hint", .text(), "What to do about it."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        id = try reader.required("id", reader.id("id"))
        state = try reader.required("state", reader.word("state"))
        summary = try reader.required("summary", reader.text("summary"))
        steps = try reader.required("steps", reader.objects("steps"))
        hint = try reader.text("hint")
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("id", id.description)
        writer.member("state", state.rawValue)
        writer.member("summary", summary)
        writer.member("steps", objects: steps)
        writer.member("hint", hint)
    }
}

/// What one step waits for.
package struct StepReasonView: APIObject, Hashable {
    package let name: String
    package let state: StepView.State
    package let reasons: [ReasonView]

    /// Makes an explanation.
    package init(name: String, state: StepView.State, reasons: [ReasonView]) {
        self.name = name
        self.state = state
        self.reasons = reasons
    }

    package static let schema = ObjectSchema(
        "StepExplanation", "What one step waits for.",
        [
            .always("name", .text(), "The step."),
            .always("state", .word(StepView.State.allCases.map(\.rawValue)), "Where it stands."),
            .always("reasons", .list(.object(ReasonView.schema)), "Every reason."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        name = try reader.required("name", reader.text("name"))
        state = try reader.required("state", reader.word("state"))
        reasons = try reader.required("reasons", reader.objects("reasons"))
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("name", name)
        writer.member("state", state.rawValue)
        writer.member("reasons", objects: reasons)
    }
}
