import LovageAPI
import LovageCore

/// Queues and workers as tables.
enum QueueTable {
    static func lines(_ queues: [QueueView], width: Int?, palette: Palette) -> [String] {
        var table = Table([
            .init(title: "queue", isFlexible: true, importance: 9), .init(title: "state", importance: 8),
            .init(title: "ready", isNumeric: true, importance: 8),
            .init(title: "suspended", isNumeric: true, importance: 6),
            .init(title: "blocked", isNumeric: true, importance: 4),
            .init(title: "running", isNumeric: true, importance: 7),
            .init(title: "oldest", isNumeric: true, importance: 5),
            .init(title: "capacity", isNumeric: true, importance: 3), .init(title: "keep", isNumeric: true),
            .init(title: "keep count", isNumeric: true),
        ])
        for queue in queues {
            table.add([
                .init(queue.name.text), .init(queue.isPaused ? "paused" : "open", queue.isPaused ? .yellow : .plain),
                .init(String(queue.ready)), .init(String(queue.suspended)), .init(String(queue.blocked)),
                .init(String(queue.running)), .init(queue.oldestReadySeconds.map { Spans.text(.seconds($0)) } ?? ""),
                .init(queue.capacity.map(String.init) ?? ""), .init(Spans.text(.seconds(queue.keepFinishedForSeconds))),
                .init(queue.keepFinishedCount.map(String.init) ?? ""),
            ])
        }
        return table.lines(width: width, palette: palette)
    }
}

/// Workers as a table.
enum WorkerTable {
    static func lines(_ workers: [WorkerView], width: Int?, palette: Palette, moments: Moments) -> [String] {
        var table = Table([
            .init(title: "worker", isID: true, importance: 9), .init(title: "name", isFlexible: true, importance: 4),
            .init(title: "slots", isNumeric: true, importance: 7),
            .init(title: "running", isNumeric: true, importance: 8),
            .init(title: "queues", isFlexible: true, importance: 6),
            .init(title: "kinds", isFlexible: true, importance: 5), .init(title: "since", importance: 2),
            .init(title: "lease ends"),
        ])
        for worker in workers {
            table.add([
                .init(worker.id.description), .init(worker.name), .init(String(worker.slots)),
                .init(String(worker.running)), .init(worker.queues.map(\.text).joined(separator: ",")),
                .init(worker.kinds.map(\.text).joined(separator: ",")), .init(moments.text(worker.since)),
                .init(moments.text(worker.leaseEnds)),
            ])
        }
        return table.lines(width: width, palette: palette)
    }
}
