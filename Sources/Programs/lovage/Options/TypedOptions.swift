import ArgumentParser
import LovageAPI
import LovageCore
import LovageStore
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

/// A moment in the past on the command line: how long ago, such as 2h, or when.
struct SinceOption: ExpressibleByArgument, Sendable, Hashable {
    private let text: Text

    private enum Text: Sendable, Hashable {
        case ago(Duration)
        case at(Int64)
    }

    init?(argument: String) {
        if let duration = DurationText.parse(argument) {
            text = .ago(duration)
        } else if let moment = RFC3339.microseconds(argument) ?? RFC3339.microseconds(argument + "T00:00:00Z") {
            text = .at(moment)
        } else {
            return nil
        }
    }

    /// The moment, as seen at `now`.
    func moment(_ now: WallTime) -> WallTime {
        switch text {
        case .ago(let duration): now + (.zero - duration)
        case .at(let microseconds): WallTime(microseconds: microseconds)
        }
    }

    /// The moment, as seen now.
    func moment() throws -> WallTime { moment(try SystemClock().now().wall) }
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
