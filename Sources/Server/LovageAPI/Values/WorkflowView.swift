package import LovageCore
package import LovageWorkflow

/// One run of a workflow, without its steps.
package struct RunView: APIObject, Hashable {
    package let id: WorkflowID
    package let name: String
    /// The version of the definition it began with and keeps.
    package let version: Int
    package let state: State
    /// Nil until finished.
    package let outcome: WorkflowOutcome?
    /// Why it was cancelled; nil otherwise, and when nobody said why.
    package let reason: String?
    /// Defaults filled in.
    package let parameters: JSONText
    /// Nil until it succeeded, or when it has none.
    package let outputs: JSONText?
    package let submitted: StoreTime
    package let finished: StoreTime?
    /// From its submission to its end, or until now.
    package let seconds: Double
    package let stepsTotal: Int
    package let stepsFinished: Int

    /// Where a run can stand.
    package enum State: String, Sendable, CaseIterable {
        case running, finished
    }

    /// Shows a run at `now`.
    package init(_ run: WorkflowRun, at now: Moment) {
        id = run.id
        name = run.definition.name
        version = run.definition.version
        state = run.outcome == nil ? .running : .finished
        outcome = run.outcome
        reason = run.cancelled.flatMap { $0.isEmpty ? nil : $0 }
        parameters = run.parameters
        outputs = run.outputs
        submitted = run.submitted.store
        finished = run.finished
        seconds = (run.finished ?? now.store).seconds(since: run.submitted.store)
        stepsTotal = run.steps.count
        stepsFinished = run.steps.count(where: \.isFinished)
    }

    static let fields: [ObjectSchema.Field] = [
        .always("id", .id, "Its name for ever."),
        .always("name", .text(), "The workflow."),
        .always("version", .integer(1...Int.max), "The version of the definition it began with and keeps."),
        .always("state", .word(State.allCases.map(\.rawValue)), "Where it stands."),
        .nullable("outcome", .word(WorkflowOutcome.allCases.map(\.rawValue)), "How it ended; null until finished."),
        .nullable("reason", .text(), "Why it was cancelled."),
        .always("parameters", .map(.any), "Its parameters, defaults filled in."),
        .always("outputs", .any, "What it gives; null until it succeeded."),
        .always("submitted", .time, "When it was submitted."),
        .nullable("finished", .time, "When it ended."),
        .always("seconds", .number, "From its submission to its end, or until now."),
        .always("stepsTotal", .integer(0...Int.max), "How many steps it has."),
        .always("stepsFinished", .integer(0...Int.max), "How many of them have ended."),
    ]

    package static let schema = ObjectSchema("Run", "One run of a workflow, without its steps.", fields)

    package init(reading reader: FieldReader) throws(ProblemView) {
        id = try reader.required("id", reader.id("id"))
        name = try reader.required("name", reader.text("name"))
        version = try reader.required("version", reader.integer("version"))
        state = try reader.required("state", reader.word("state"))
        outcome = try reader.word("outcome")
        reason = try reader.text("reason")
        parameters = reader.raw("parameters") ?? .emptyObject
        outputs = reader.raw("outputs")
        submitted = try reader.required("submitted", reader.moment("submitted"))
        finished = try reader.moment("finished")
        seconds = try reader.required("seconds", reader.number("seconds"))
        stepsTotal = try reader.required("stepsTotal", reader.integer("stepsTotal"))
        stepsFinished = try reader.required("stepsFinished", reader.integer("stepsFinished"))
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("id", id.description)
        writer.member("name", name)
        writer.member("version", version)
        writer.member("state", state.rawValue)
        writer.member("outcome", outcome?.rawValue)
        writer.member("reason", reason)
        writer.member("parameters", parameters)
        writer.member("outputs", outputs)
        writer.member("submitted", time: submitted)
        writer.member("finished", time: finished)
        writer.member("seconds", seconds)
        writer.member("stepsTotal", stepsTotal)
        writer.member("stepsFinished", stepsFinished)
    }
}

/// One run of a workflow with its steps.
package struct WorkflowView: APIObject, Hashable {
    package let run: RunView
    /// In the definition's order.
    package let steps: [StepView]

    /// Puts a run and its steps together.
    package init(_ run: RunView, steps: [StepView]) {
        self.run = run
        self.steps = steps
    }

    package static let schema = ObjectSchema(
        "Workflow", "One run of a workflow with its steps.",
        RunView.fields + [.always("steps", .list(.object(StepView.schema)), "Its steps in the definition's order.")])

    package init(reading reader: FieldReader) throws(ProblemView) {
        run = try RunView(reading: reader)
        steps = try reader.required("steps", reader.objects("steps"))
    }

    package func write(to writer: inout JSONWriter) {
        run.write(to: &writer)
        writer.member("steps", objects: steps)
    }
}
