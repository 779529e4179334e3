package import LovageCore

/// One job of a step that did not end as it should have.
package struct MemberFailureView: APIObject, Hashable {
    package let job: JobID
    /// Its index among the jobs of a `foreach`; nil for the only one of its step.
    package let index: Int?
    package let outcome: Outcome.Name
    /// Why, for people: what its last attempt said.
    package let message: String

    /// Most that are shown of one step.
    package static let most = 3

    /// Shows a job; nil for one that ended well, that is not over, or that ended only because of others.
    package init?(_ job: Job) {
        guard let outcome = job.outcome else { return nil }
        switch outcome {
        case .succeeded, .skipped, .cancelled(.unreachable), .cancelled(.workflow): return nil
        case .failed, .expired, .cancelled(.requested): break
        }
        self.job = job.id
        index = job.membership?.index
        self.outcome = outcome.name
        let said = outcome.name == .failed ? job.failure?.message : nil
        message = String((said ?? outcome.reason ?? outcome.name.rawValue).prefix(500))
    }

    package static let schema = ObjectSchema(
        "MemberFailure", "One job of a step that did not end as it should have.",
        [
            .always("job", .id, "The job."),
            .nullable("index", .integer(0...Int.max), "Its index among the jobs of a foreach."),
            .always("outcome", .word(Outcome.Name.allCases.map(\.rawValue)), "How it ended."),
            .always("message", .text(), "Why, for people."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        job = try reader.required("job", reader.id("job"))
        index = try reader.integer("index")
        outcome = try reader.required("outcome", reader.word("outcome"))
        message = try reader.required("message", reader.text("message"))
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("job", job.description)
        writer.member("index", index)
        writer.member("outcome", outcome.rawValue)
        writer.member("message", message)
    }
}
