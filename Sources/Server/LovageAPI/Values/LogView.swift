package import LovageCore

/// A piece of an attempt's output, as a Server-Sent Event named `output`. The event's id is where the next piece begins.
package struct LogPieceView: APIObject, Hashable {
    package let attempt: Int
    package let stream: Stream
    /// What is no UTF-8 is shown as U+FFFD.
    package let text: String

    /// The stream it was written to.
    package enum Stream: String, Sendable, CaseIterable {
        case stdout, stderr
    }

    /// Makes a piece.
    package init(attempt: Int, stream: Stream, text: String) {
        self.attempt = attempt
        self.stream = stream
        self.text = text
    }

    package static let schema = ObjectSchema(
        "LogPiece", "A piece of an attempt's output.",
        [
            .always("attempt", .integer(1...Int.max), "The attempt."),
            .always("stream", .word(Stream.allCases.map(\.rawValue)), "The stream it was written to."),
            .always("text", .text(), "What was written."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        attempt = try reader.required("attempt", reader.integer("attempt"))
        stream = try reader.required("stream", reader.word("stream"))
        text = try reader.required("text", reader.text("text"))
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("attempt", attempt)
        writer.member("stream", stream.rawValue)
        writer.member("text", text)
    }
}

/// The end of an attempt's output, as a Server-Sent Event named `end`.
package struct LogEndView: APIObject, Hashable {
    package let attempt: Int
    /// Where the job stands now.
    package let state: JobState.Name
    package let outcome: Outcome.Name?

    /// Makes an end.
    package init(attempt: Int, state: JobState.Name, outcome: Outcome.Name?) {
        self.attempt = attempt
        self.state = state
        self.outcome = outcome
    }

    package static let schema = ObjectSchema(
        "LogEnd", "The end of an attempt's output.",
        [
            .always("attempt", .integer(0...Int.max), "The attempt."),
            .always("state", .word(JobState.Name.allCases.map(\.rawValue)), "Where the job stands now."),
            .nullable("outcome", .word(Outcome.Name.allCases.map(\.rawValue)), "How it ended; null until finished."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        attempt = try reader.required("attempt", reader.integer("attempt"))
        state = try reader.required("state", reader.word("state"))
        outcome = try reader.word("outcome")
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("attempt", attempt)
        writer.member("state", state.rawValue)
        writer.member("outcome", outcome?.rawValue)
    }
}
