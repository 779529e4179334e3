import LovageAPI
import LovageCore

/// Draws the page of `lovage status`; pure, so that a golden file holds every line of it.
enum StatusDrawing {
    /// The page; `height` nil where nothing has to fit.
    static func lines(
        _ page: StatusPageView, server: String, width: Int?, height: Int?, palette: Palette
    ) -> [String] {
        let parts = [
            Part(
                title: "Queues", all: page.queues.count,
                lines: page.queues.isEmpty ? [] : QueueTable.lines(page.queues, width: width, palette: palette)),
            Part(title: "Workers", all: page.workers.count, lines: workers(page, width, palette)),
            Part(title: "Running", all: page.health.running, lines: jobs(page.running, "for", width, palette)),
            Part(title: "Waiting, and why", all: page.waits.count, lines: waits(page.waits, width, palette)),
            Part(
                title: "Failed in the last day", all: page.failures.count,
                lines: jobs(page.failures, "ago", width, palette)),
        ].filter { !$0.lines.isEmpty }
        let head = head(page, server, width, palette)
        guard let height else { return head + parts.flatMap { $0.drawn(rows: .max, isSpaced: true, palette) } }
        // One line is left for the prompt. Where there is little room, the lines between the parts go first.
        let room = height - head.count - 1
        let isSpaced = room >= parts.count * 5
        let rows = max(1, room / max(1, parts.count) - (isSpaced ? 3 : 2))
        return head + parts.flatMap { $0.drawn(rows: rows, isSpaced: isSpaced, palette) }
    }

    /// A title over a table.
    private struct Part {
        let title: String
        /// How many rows there would be.
        let all: Int
        /// The table, its titles first.
        let lines: [String]

        func drawn(rows: Int, isSpaced: Bool, _ palette: Palette) -> [String] {
            let shown = min(lines.count - 1, rows)
            let count = all > shown ? " (\(Spans.grouped(shown)) of \(Spans.grouped(all)))" : ""
            return (isSpaced ? [""] : []) + [palette(title + count, .bold)] + lines.prefix(shown + 1)
        }
    }

    private static func head(_ page: StatusPageView, _ server: String, _ width: Int?, _ palette: Palette) -> [String] {
        let health = page.health
        let word: Piece = page.troubles.isEmpty ? .init("healthy", .green) : .init("unhealthy", .red)
        let place =
            "  \(server), version \(Harmless.line(health.version)), up \(Spans.text(.seconds(health.uptimeSeconds)))"
        let counts =
            "\(Spans.grouped(health.waiting)) waiting, \(Spans.grouped(health.running)) running, "
            + "\(health.workers) \(health.workers == 1 ? "worker" : "workers") with \(health.slots) slots"
        return [Piece.line([word, .init(place)], width, palette)]
            + page.troubles.map { palette("  \(Harmless.line($0))", .red) } + [counts]
    }

    private static func workers(_ page: StatusPageView, _ width: Int?, _ palette: Palette) -> [String] {
        guard !page.workers.isEmpty else { return [] }
        var table = Table([
            .init(title: "worker", isFlexible: true, importance: 9),
            .init(title: "slots", isNumeric: true, importance: 6),
            .init(title: "running", isNumeric: true, importance: 8),
            .init(title: "queues", isFlexible: true, importance: 5),
            .init(title: "what it runs", isFlexible: true, importance: 7),
        ])
        for worker in page.workers {
            let kinds = page.running.filter { $0.worker == worker.id }.map(\.kind.text)
            let counts = Dictionary(grouping: kinds) { $0 }.sorted { $0.key < $1.key }
            table.add([
                .init(worker.name), .init(String(worker.slots)), .init(String(worker.running)),
                .init(worker.queues.map(\.text).joined(separator: ",")),
                .init(
                    counts.map { $0.value.count == 1 ? $0.key : "\($0.key) ×\($0.value.count)" }
                        .joined(separator: ", ")),
            ])
        }
        return table.lines(width: width, palette: palette)
    }

    private static func jobs(_ jobs: [JobLineView], _ when: String, _ width: Int?, _ palette: Palette) -> [String] {
        guard !jobs.isEmpty else { return [] }
        var table = Table([
            .init(title: "id", isID: true, importance: 9), .init(title: "kind", isFlexible: true, importance: 8),
            .init(title: when, isNumeric: true),
            .init(title: jobs.contains { $0.message != nil } ? "why" : "", isFlexible: true),
        ])
        for job in jobs {
            table.add([
                .init(job.id.description), .init(job.kind.text + (job.step.map { " (\($0))" } ?? "")),
                .init(Spans.text(.seconds(job.seconds))), .init(job.message ?? "", .red),
            ])
        }
        return table.lines(width: width, palette: palette)
    }

    private static func waits(_ waits: [WaitView], _ width: Int?, _ palette: Palette) -> [String] {
        guard !waits.isEmpty else { return [] }
        var table = Table([
            .init(title: "queue", isFlexible: true, importance: 9), .init(title: "state", importance: 6),
            .init(title: "jobs", isNumeric: true, importance: 8),
            .init(title: "why", isFlexible: true, importance: 8),
            .init(title: "what to do", isFlexible: true, importance: 7),
        ])
        for wait in waits {
            table.add([
                .init(wait.queue.text), .init(wait.state.rawValue), .init(Spans.grouped(wait.count)),
                .init(wait.reason), .init(wait.hint ?? "lovage explain \(wait.job)", .cyan),
            ])
        }
        return table.lines(width: width, palette: palette)
    }
}
