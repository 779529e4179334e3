import LovageAPI
import LovageCore

/// Draws one job with its attempts.
enum JobDrawing {
    static func lines(_ job: JobView, _ attempts: [AttemptView], width: Int?, palette: Palette, moments: Moments)
        -> [String]
    {
        let fields = fields(job, moments)
        let nameWidth = fields.map { $0.name.count }.max() ?? 0
        let lines = fields.map { field in
            palette(DisplayWidth.padded(field.name, to: nameWidth), .dim) + "  "
                + palette(Harmless.line(field.value), field.style)
        }
        guard !attempts.isEmpty else { return lines }
        return lines + [""] + table(attempts, moments).lines(width: width, palette: palette)
    }

    private struct Field {
        let name: String
        let value: String
        var style = Style.plain
    }

    private static func fields(_ job: JobView, _ moments: Moments) -> [Field] {
        var fields = [
            Field(name: "id", value: job.id.description, style: .bold),
            Field(name: "kind", value: job.kind.text + (job.definition.map { " v\($0)" } ?? "")),
            Field(name: "queue", value: job.queue.text),
            Field(name: "state", value: job.state.rawValue, style: Look.of(job.state.rawValue).style),
        ]
        func add(_ name: String, _ value: String?, _ style: Style = .plain) {
            if let value { fields.append(Field(name: name, value: value, style: style)) }
        }
        add("outcome", job.outcome?.rawValue, Look.of(job.outcome?.rawValue ?? "").style)
        add("reason", job.reason)
        add("error", job.failure?.sentence, .red)
        add("arguments", job.arguments.string)
        add("result", job.result?.string)
        add("progress", job.progress.map { "\($0.done) of \($0.total) (\(Spans.fixed($0.percent, 1)) %)" })
        add("status", job.status.map { $0.name + ($0.data.map { " \($0.string)" } ?? "") })
        add("priority", job.priority == 0 ? nil : String(job.priority))
        add("generation", job.generation == 1 ? nil : String(job.generation))
        add("workflow", job.workflow.map { "\($0.id) step \($0.step)" + ($0.index.map { "[\($0)]" } ?? "") })
        add("stand-in", job.standIn.map { "\($0), which has the same unique arguments" })
        add("submitted", moments.text(job.submitted))
        add("due", job.dueAt.map(moments.text))
        add("started", job.started.map(moments.text))
        add("finished", job.finished.map(moments.text))
        add("waited", Spans.text(.seconds(job.waitSeconds)))
        add("ran", job.runSeconds.map { Spans.text(.seconds($0)) })
        add("attempts", "\(job.attempts) (\(retries(job.attemptsAllowed - 1)))")
        return fields
    }

    private static func retries(_ count: Int) -> String {
        switch count {
        case ...0: "no retry"
        case 1: "1 retry if it fails"
        default: "up to \(count) retries if it fails"
        }
    }

    private static func table(_ attempts: [AttemptView], _ moments: Moments) -> Table {
        var table = Table([
            .init(title: "attempt", isNumeric: true, importance: 9),
            .init(title: "fence", isNumeric: true, importance: 1), .init(title: "claimed", importance: 2),
            .init(title: "ran", isNumeric: true, importance: 3), .init(title: "end", importance: 8),
            .init(title: "what", isFlexible: true, importance: 7),
        ])
        for attempt in attempts {
            let end = attempt.end?.rawValue ?? "running"
            table.add([
                .init(String(attempt.number)), .init(String(attempt.fence)), .init(moments.text(attempt.claimed)),
                .init(attempt.runSeconds.map { Spans.text(.seconds($0)) } ?? ""), .init(end, Look.of(end).style),
                .init(attempt.failure?.sentence ?? attempt.reason ?? ""),
            ])
        }
        return table
    }
}
