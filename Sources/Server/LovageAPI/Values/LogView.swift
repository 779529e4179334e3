package import LovageCore

/// A piece of an attempt's output, as a Server-Sent Event named `output`. The event's id is where the next piece begins.
package struct LogPieceView: APIObject, Hashable {
    package let attempt: Int
    package let stream: Stream
    /// What was written, any bytes: a character may be cut between two pieces.
    package let bytes: [UInt8]

    /// The stream it was written to.
    package enum Stream: String, Sendable, CaseIterable {
        case stdout, stderr
    }

    /// Makes a piece.
    package init(attempt: Int, stream: Stream, bytes: [UInt8]) {
        self.attempt = attempt
        self.stream = stream
        self.bytes = bytes
    }

    package static let schema = ObjectSchema(
        "LogPiece", "A piece of an attempt's output.",
        [
            .always("attempt", .integer(1...Int.max), "The attempt."),
            .always("stream", .word(Stream.allCases.map(\.rawValue)), "The stream it was written to."),
            .always("text", .text(), "What was written; bytes that are no UTF-8 are shown as U+FFFD."),
            .maybe("base64", .text(), "What was written, every byte of it; there when the text does not say it all."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        attempt = try reader.required("attempt", reader.integer("attempt"))
        stream = try reader.required("stream", reader.word("stream"))
        let text = try reader.required("text", reader.text("text"))
        let exact = try reader.read("base64", "base64", "encode the bytes with padding") {
            $0.value().stringValue.flatMap(Base64.decode)
        }
        bytes = exact ?? Array(text.utf8)
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("attempt", attempt)
        writer.member("stream", stream.rawValue)
        let text = String(validating: bytes, as: UTF8.self)
        writer.member("text", text ?? String(decoding: bytes, as: UTF8.self))
        if text == nil { writer.member("base64", Base64.encode(bytes)) }
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
