import LovageAPI
import LovageCore
import LovageWorkflow

/// Why a run did not succeed, and what to type next: what stands below its picture once it is over.
enum RunFailures {
    static func lines(_ view: WorkflowView, palette: Palette) -> [String] {
        let run = view.run
        guard let outcome = run.outcome, outcome != .succeeded else { return [] }
        var lines: [String] = []
        for step in view.steps {
            for failure in step.failures {
                let place = Harmless.line(step.name + (failure.index.map { "[\($0)]" } ?? ""))
                let word = palette(failure.outcome.rawValue, Look.of(failure.outcome.rawValue).style)
                lines.append("step \(palette(place, .bold)) \(word): \(Harmless.line(failure.message))")
                lines.append("  " + palette("→ lovage logs \(failure.job)", .cyan))
            }
            let more = step.ended.failed - step.failures.count
            if more > 0 {
                lines.append(
                    "  and \(Spans.grouped(more)) more: "
                        + palette("lovage list --workflow \(run.id) --outcome failed", .cyan))
            }
            if step.failures.isEmpty, step.outcome == .failed, let reason = step.reason {
                lines.append("step \(palette(Harmless.line(step.name), .bold)) failed: \(Harmless.line(reason))")
            }
        }
        return lines + [palette("→ lovage workflow retry \(run.id)", .cyan)]
    }
}

extension StepView {
    /// Its state as people say it: a step whose jobs may run, but none of which has begun, waits.
    var shownState: String {
        if let outcome { return outcome.rawValue }
        return state == .running && started == nil ? State.waiting.rawValue : state.rawValue
    }
}
