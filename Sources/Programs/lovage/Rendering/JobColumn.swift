import LovageAPI
import LovageCore

/// A column of `lovage list`.
enum JobColumn: String, Sendable, CaseIterable {
    case id, kind, queue, state, outcome, reason, priority, attempts, progress, status, wait, run, submitted, started
    case finished, due, worker, workflow, step, arguments, result, error

    static let standard: [JobColumn] = [
        .id, .kind, .queue, .state, .outcome, .submitted, .attempts, .wait, .run, .reason,
    ]
    /// What is shown of the jobs of one run.
    static let standardOfRun: [JobColumn] = [
        .id, .step, .kind, .queue, .state, .outcome, .submitted, .attempts, .run, .reason,
    ]

    /// Reads `id,kind,run`.
    static func parse(_ text: String) throws(CommandFailure) -> [JobColumn] {
        var columns: [JobColumn] = []
        for name in text.split(separator: ",") {
            guard let column = JobColumn(rawValue: name.lowercased()) else {
                let names = allCases.map(\.rawValue).joined(separator: ", ")
                throw .usage("--columns names '\(Harmless.line(name))': use \(names)")
            }
            columns.append(column)
        }
        if columns.isEmpty { throw .usage("--columns is empty: use for example id,kind,state") }
        return columns
    }

    /// The jobs as rows of these columns.
    static func table(_ jobs: [JobView], _ columns: [JobColumn]) -> Table {
        var table = Table(columns.map(\.column))
        for job in jobs { table.add(columns.map { $0.cell(job) }) }
        return table
    }

    private var column: Table.Column {
        switch self {
        case .priority, .attempts, .wait, .run: .init(title: rawValue, isNumeric: true)
        case .kind, .queue, .reason, .status, .worker, .step, .arguments, .result, .error:
            .init(title: rawValue, isFlexible: true)
        case .id, .state, .outcome, .progress, .submitted, .started, .finished, .due, .workflow: .init(title: rawValue)
        }
    }

    private func cell(_ job: JobView) -> Table.Cell {
        switch self {
        case .id: .init(job.id.description)
        case .kind: .init(job.kind.text)
        case .queue: .init(job.queue.text)
        case .state: .init(job.state.rawValue, Look.of(job.state.rawValue).style)
        case .outcome: .init(job.outcome?.rawValue ?? "", Look.of(job.outcome?.rawValue ?? "").style)
        case .reason: .init(job.reason ?? "", .dim)
        case .priority: .init(String(job.priority))
        case .attempts: .init(String(job.attempts))
        case .progress: .init(job.progress.map { "\($0.done)/\($0.total)" } ?? "")
        case .status: .init(job.status?.name ?? "")
        case .wait: .init(Spans.text(.seconds(job.waitSeconds)))
        case .run: .init(job.runSeconds.map { Spans.text(.seconds($0)) } ?? "")
        case .submitted: .init(Moments.text(job.submitted))
        case .started: .init(job.started.map(Moments.text) ?? "")
        case .finished: .init(job.finished.map(Moments.text) ?? "")
        case .due: .init(job.dueAt.map(Moments.text) ?? "")
        case .worker: .init(job.worker?.description ?? "")
        case .workflow: .init(job.workflow?.id.description ?? "")
        case .step:
            .init(
                job.workflow.map { $0.index.map { index in "\(job.workflow?.step ?? "")[\(index)]" } ?? $0.step } ?? "")
        case .arguments: .init(job.arguments.string)
        case .result: .init(job.result?.string ?? "")
        case .error: .init(job.failure?.sentence ?? "", .red)
        }
    }
}

/// Moments as tables show them: in UTC, to the second.
enum Moments {
    static func text(_ time: StoreTime) -> String {
        String(RFC3339.text(time.microseconds).prefix(19)).replacing("T", with: " ")
    }
}
