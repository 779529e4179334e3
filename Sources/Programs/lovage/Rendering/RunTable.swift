import LovageAPI
import LovageCore
import LovageWorkflow

/// A run as a table: what `workflow show` prints.
enum RunTable {
    private static func failures(_ view: WorkflowView, _ palette: Palette) -> [String] {
        let lines = RunFailures.lines(view, palette: palette)
        return lines.isEmpty ? [] : [""] + lines
    }

    static func lines(_ view: WorkflowView, width: Int?, palette: Palette) -> [String] {
        let run = view.run
        let word = run.outcome?.rawValue ?? run.state.rawValue
        var table = Table([
            .init(title: "step", isFlexible: true, importance: 9), .init(title: "state", importance: 7),
            .init(title: "outcome", importance: 8), .init(title: "jobs", isNumeric: true, importance: 4),
            .init(title: "succeeded", isNumeric: true, importance: 2),
            .init(title: "failed", isNumeric: true, importance: 3), .init(title: "cancelled", isNumeric: true),
            .init(title: "attempts", isNumeric: true), .init(title: "time", isNumeric: true, importance: 5),
            .init(title: "reason", isFlexible: true, importance: 6),
        ])
        for step in view.steps {
            let state = step.outcome == nil ? step.shownState : step.state.rawValue
            table.add([
                .init(step.name), .init(state, Look.of(state).style),
                .init(step.outcome?.rawValue ?? "", Look.of(step.outcome?.rawValue ?? "").style),
                .init(String(step.members)), .init(String(step.ended.succeeded)), .init(String(step.ended.failed)),
                .init(String(step.ended.cancelled)), .init(String(step.attempts)),
                .init(step.seconds.map { Spans.text(.seconds($0)) } ?? ""),
                .init(step.reason ?? step.failures.first?.message ?? "", .dim),
            ])
        }
        let reason = run.reason.map { ": " + Harmless.line($0) } ?? ""
        return [
            RunDrawing.title(run.name, run.version, run.id.description, width: width, palette: palette),
            Piece.line(
                [
                    .init(word, Look.of(word).style),
                    .init(
                        "\(reason)  \(run.stepsFinished) of \(run.stepsTotal) steps, \(Spans.text(.seconds(run.seconds)))"
                    ),
                ], width, palette), "",
        ] + table.lines(width: width, palette: palette)
            + (run.outputs.map { ["", "outputs \(Harmless.line($0.string))"] } ?? []) + failures(view, palette)
    }
}
