import LovageAPI
import LovageCore
import LovageWorkflow

/// Runs as a table: what `workflow list` prints.
enum RunList {
    static func table(_ runs: [RunView], _ moments: Moments) -> Table {
        var table = Table([
            .init(title: "id", isID: true, importance: 9), .init(title: "workflow", isFlexible: true, importance: 8),
            .init(title: "version", isNumeric: true), .init(title: "state", importance: 6),
            .init(title: "outcome", importance: 7), .init(title: "steps", isNumeric: true, importance: 5),
            .init(title: "submitted", importance: 3), .init(title: "time", isNumeric: true, importance: 4),
        ])
        for run in runs {
            table.add([
                .init(run.id.description), .init(run.name), .init(String(run.version)),
                .init(run.state.rawValue, Look.of(run.state.rawValue).style),
                .init(run.outcome?.rawValue ?? "", Look.of(run.outcome?.rawValue ?? "").style),
                .init("\(run.stepsFinished)/\(run.stepsTotal)"), .init(moments.text(run.submitted)),
                .init(Spans.text(.seconds(run.seconds))),
            ])
        }
        return table
    }
}
