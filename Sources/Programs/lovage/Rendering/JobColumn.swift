import LovageAPI
import LovageCore
import LovageRemote

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

    /// The long parts of jobs that these columns show.
    static func parts(_ columns: [JobColumn]) -> Set<JobsFilter.Part> {
        Set(columns.compactMap { $0 == .arguments ? .arguments : $0 == .result ? .result : nil })
    }

    /// The jobs as rows of these columns.
    static func table(_ jobs: [JobView], _ columns: [JobColumn], _ moments: Moments) -> Table {
        var table = Table(columns.map(\.column))
        for job in jobs { table.add(columns.map { $0.cell(job, moments) }) }
        return table
    }

    private var column: Table.Column {
        switch self {
        case .priority, .attempts, .wait, .run: .init(title: rawValue, isNumeric: true, importance: importance)
        case .kind, .queue, .reason, .status, .step, .arguments, .result, .error:
            .init(title: rawValue, isFlexible: true, importance: importance)
        case .id, .workflow, .worker: .init(title: rawValue, isID: true, importance: importance)
        case .state, .outcome, .progress, .submitted, .started, .finished, .due:
            .init(title: rawValue, importance: importance)
        }
    }

    /// Which job it is and what became of it stays longest; what `get` shows better goes first.
    private var importance: Int {
        switch self {
        case .id: 9
        case .kind: 8
        case .state: 7
        case .outcome: 6
        case .error, .reason: 5
        case .queue, .run, .step: 4
        case .wait, .progress, .status, .worker, .workflow: 3
        case .attempts, .priority, .due, .submitted, .started, .finished: 2
        case .arguments, .result: 1
        }
    }

    private func cell(_ job: JobView, _ moments: Moments) -> Table.Cell {
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
        case .submitted: .init(moments.text(job.submitted))
        case .started: .init(job.started.map(moments.text) ?? "")
        case .finished: .init(job.finished.map(moments.text) ?? "")
        case .due: .init(job.dueAt.map(moments.text) ?? "")
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
