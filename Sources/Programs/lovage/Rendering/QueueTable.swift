import LovageAPI
import LovageCore

/// Queues and workers as tables.
enum QueueTable {
    static func lines(_ queues: [QueueView], width: Int?, palette: Palette) -> [String] {
        var table = Table([
            .init(title: "queue", isFlexible: true), .init(title: "state"), .init(title: "ready", isNumeric: true),
            .init(title: "suspended", isNumeric: true), .init(title: "blocked", isNumeric: true),
            .init(title: "running", isNumeric: true), .init(title: "oldest", isNumeric: true),
            .init(title: "capacity", isNumeric: true),
        ])
        for queue in queues {
            table.add([
                .init(queue.name.text), .init(queue.isPaused ? "paused" : "open", queue.isPaused ? .yellow : .plain),
                .init(String(queue.ready)), .init(String(queue.suspended)), .init(String(queue.blocked)),
                .init(String(queue.running)), .init(queue.oldestReadySeconds.map { Spans.text(.seconds($0)) } ?? ""),
                .init(queue.capacity.map(String.init) ?? ""),
            ])
        }
        return table.lines(width: width, palette: palette)
    }
}

/// Workers as a table.
enum WorkerTable {
    static func lines(_ workers: [WorkerView], width: Int?, palette: Palette) -> [String] {
        var table = Table([
            .init(title: "worker"), .init(title: "name", isFlexible: true), .init(title: "slots", isNumeric: true),
            .init(title: "running", isNumeric: true), .init(title: "queues", isFlexible: true),
            .init(title: "kinds", isFlexible: true), .init(title: "since"), .init(title: "lease ends"),
        ])
        for worker in workers {
            table.add([
                .init(worker.id.description), .init(worker.name), .init(String(worker.slots)),
                .init(String(worker.running)), .init(worker.queues.map(\.text).joined(separator: ",")),
                .init(worker.kinds.map(\.text).joined(separator: ",")), .init(Moments.text(worker.since)),
                .init(Moments.text(worker.leaseEnds)),
            ])
        }
        return table.lines(width: width, palette: palette)
    }
}
