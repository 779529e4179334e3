import ArgumentParser
import LovageCore
import LovageWorkflow

/// A length of time on the command line.
struct SpanOption: ExpressibleByArgument, Sendable, Hashable {
    let duration: Duration

    init?(argument: String) {
        guard let duration = DurationText.parse(argument) else { return nil }
        self.duration = duration
    }

    /// In seconds, as the API has it.
    var seconds: Double { Double(duration.wholeMicroseconds) / 1_000_000 }
}

extension JobID {
    /// Reads an id from the command line.
    init(typed text: String) throws(CommandFailure) {
        guard let id = JobID(text) else { throw .badID(text, "job") }
        self = id
    }
}

extension WorkflowID {
    /// Reads an id from the command line.
    init(typed text: String) throws(CommandFailure) {
        guard let id = WorkflowID(text) else { throw .badID(text, "workflow run") }
        self = id
    }
}

extension Name {
    /// Reads a name from the command line.
    init(typed text: String) throws(CommandFailure) {
        do {
            try self.init(validating: text)
        } catch {
            throw .usage(Harmless.line(error.description))
        }
    }
}

extension CommandFailure {
    fileprivate static func badID(_ text: String, _ what: String) -> CommandFailure {
        .usage(
            "'\(Harmless.line(text.prefix(60)))' is no id of a \(what): ids look like "
                + "01930a3e-0000-7000-8000-000000000000")
    }
}
