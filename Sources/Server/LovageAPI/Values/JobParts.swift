package import LovageCore

/// n of m, and how much that is in percent.
package struct ProgressView: APIObject, Hashable {
    package let done: Int64
    package let total: Int64
    /// From 0 to 100, rounded down to a tenth.
    package let percent: Double

    init(_ progress: Job.Progress) {
        done = progress.done
        total = progress.total
        percent = (Double(progress.done) / Double(progress.total) * 1_000).rounded(.down) / 10
    }

    package static let schema = ObjectSchema(
        "Progress", "How far a handler says it is.",
        [
            .always("done", .integer(0...Int.max), "How many are done."),
            .always("total", .integer(1...Int.max), "How many there are."),
            .always("percent", .number, "From 0 to 100."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        done = Int64(try reader.required("done", reader.integer("done")))
        total = Int64(try reader.required("total", reader.integer("total")))
        percent = try reader.required("percent", reader.number("percent"))
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("done", done)
        writer.member("total", total)
        writer.member("percent", percent)
    }
}

/// A name and data chosen by the handler: the "custom state" (requirement 1.29).
package struct StatusView: APIObject, Hashable {
    package let name: String
    package let data: JSONText?

    init(_ status: Job.Status) {
        name = status.name
        data = status.data
    }

    package static let schema = ObjectSchema(
        "Status", "What a handler says it is doing.",
        [
            .always("name", .text(), "Such as `uploading`."),
            .always("data", .any, "Anything, or null."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        name = try reader.required("name", reader.text("name"))
        data = reader.raw("data")
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("name", name)
        writer.member("data", data)
    }
}

/// What went wrong in an attempt.
package struct FailureView: APIObject, Hashable {
    /// A short name, such as `exit 7`.
    package let kind: String
    package let message: String

    /// Both for people.
    package var sentence: String { Failure(kind: kind, message: message).sentence }

    init(_ failure: Failure) {
        kind = failure.kind
        message = failure.message
    }

    package static let schema = ObjectSchema(
        "Failure", "What went wrong in an attempt.",
        [
            .always("kind", .text(), "A short name that retry rules match."),
            .always("message", .text(), "For people."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        kind = try reader.required("kind", reader.text("kind"))
        message = try reader.required("message", reader.text("message"))
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("kind", kind)
        writer.member("message", message)
    }
}

/// Which step of which run a job is.
package struct MembershipView: APIObject, Hashable {
    package let id: WorkflowID
    package let step: String
    /// Its position in a `foreach`, from 0; nil for a step that is one job.
    package let index: Int?

    init(_ membership: Job.Membership) {
        id = membership.workflow
        step = membership.step
        index = membership.index
    }

    package static let schema = ObjectSchema(
        "Membership", "Which step of which run a job is.",
        [
            .always("id", .id, "The run."),
            .always("step", .text(), "The step."),
            .nullable("index", .integer(0...Int.max), "Its position in a foreach."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        id = try reader.required("id", reader.id("id"))
        step = try reader.required("step", reader.text("step"))
        index = try reader.integer("index")
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("id", id.description)
        writer.member("step", step)
        writer.member("index", index)
    }
}
