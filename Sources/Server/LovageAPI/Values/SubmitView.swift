package import LovageCore
package import LovageWorkflow

/// What became of one submission.
package struct SubmitView: APIObject, Hashable {
    /// The job that stands for it; nil when it was refused.
    package let id: JobID?
    package let answer: Answer
    /// True when that job is over and no longer kept: nothing more can be asked about it.
    package let isGone: Bool
    /// Why it was refused; nil otherwise.
    package let error: ProblemView?

    /// The words for it.
    package enum Answer: String, Sendable, CaseIterable {
        /// Stored.
        case created
        /// An earlier job with the same idempotency key and arguments stands for it.
        case repeated
        /// An unfinished job with the same unique arguments stands for it.
        case merged
        /// Nothing is stored.
        case refused
    }

    /// A job stands for it.
    package init(id: JobID, _ answer: Answer, isGone: Bool = false) {
        self.id = id
        self.answer = answer
        self.isGone = isGone
        error = nil
    }

    /// It was refused.
    package init(refused error: ProblemView) {
        id = nil
        answer = .refused
        isGone = false
        self.error = error
    }

    package static let schema = ObjectSchema(
        "Submitted", "What became of one submission.",
        [
            .nullable("id", .id, "The job that stands for it; null when it was refused."),
            .always("answer", .word(Answer.allCases.map(\.rawValue)), "What became of it."),
            .maybe(
                "gone", .boolean,
                "True when that job is over and no longer kept, so that no answer about it is to come: false."),
            .nullable("error", .object(ProblemView.schema), "Why it was refused."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        id = try reader.id("id")
        answer = try reader.required("answer", reader.word("answer"))
        isGone = try reader.boolean("gone") ?? false
        error = try reader.object("error")
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("id", id?.description)
        writer.member("answer", answer.rawValue)
        if isGone { writer.member("gone", true) }
        writer.member("error", object: error)
    }
}

/// What became of many submissions, in their order.
package struct BulkView: APIObject, Hashable {
    package let answers: [SubmitView]
    package init(_ answers: [SubmitView]) { self.answers = answers }

    package static let schema = ObjectSchema(
        "BulkSubmitted", "What became of many submissions, in their order.",
        [.always("answers", .list(.object(SubmitView.schema)), "One for each job.")])

    package init(reading reader: FieldReader) throws(ProblemView) {
        answers = try reader.required("answers", reader.objects("answers"))
    }

    package func write(to writer: inout JSONWriter) { writer.member("answers", objects: answers) }
}

/// Why something is called off.
package struct CancelRequest: APIObject, Hashable {
    /// For people; may be empty.
    package let reason: String
    package init(reason: String = "") { self.reason = reason }

    package static let schema = ObjectSchema(
        "CancelRequest", "Why something is called off.",
        [.maybe("reason", .text(), "For people; at most 1,000 bytes.")])

    package init(reading reader: FieldReader) throws(ProblemView) {
        reason =
            try reader.read("reason", "a text of at most 1000 bytes", "use a shorter text") { text in
                text.value().stringValue.flatMap { $0.utf8.count <= 1_000 ? $0 : nil }
            } ?? ""
    }

    package func write(to writer: inout JSONWriter) { writer.member("reason", reason) }
}

/// A run to be started.
package struct RunRequest: APIObject, Hashable {
    /// The workflow, by the name of its definition.
    package let name: String
    /// One object; missing parameters take their defaults.
    package let parameters: JSONText
    /// What people typed, instead of `parameters`: what each text means is for the parameters of the workflow to say.
    package let typedParameters: [TypedText]?
    package init(name: String, parameters: JSONText = .emptyObject, typedParameters: [TypedText]? = nil) {
        self.name = name
        self.parameters = parameters
        self.typedParameters = typedParameters
    }

    package static let schema = ObjectSchema(
        "RunRequest", "A run to be started.",
        [
            .always("name", .name, "The workflow."),
            .maybe("parameters", .map(.any), "Missing ones take their defaults."),
            .maybe(
                "typedParameters", .map(.text()),
                "Instead of parameters, as people type them: the declared type says what a text means."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        name = try reader.required("name", reader.text("name"))
        typedParameters = try reader.typedTexts("typedParameters")
        try reader.exclude("parameters", "typedParameters")
        parameters = reader.raw("parameters") ?? .emptyObject
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("name", name)
        if let typedParameters {
            writer.member("typedParameters", typed: typedParameters)
        } else {
            writer.member("parameters", parameters)
        }
    }
}
