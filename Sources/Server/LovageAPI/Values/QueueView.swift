package import LovageCore
package import LovageStore

/// One queue: what is set for it and how many jobs stand in it.
package struct QueueView: APIObject, Hashable {
    package let name: QueueName
    package let isPaused: Bool
    /// How many waiting jobs it takes; nil for as many as the disk holds.
    package let capacity: Int?
    package let keepFinishedForSeconds: Double
    package let keepFinishedCount: Int?
    package let ready: Int
    package let suspended: Int
    package let blocked: Int
    package let running: Int
    /// When the oldest ready job was submitted; nil when none is ready.
    package let oldestReady: StoreTime?
    /// How long ago that is.
    package let oldestReadySeconds: Double?
    /// Jobs that are not over and do not run.
    package var waiting: Int { ready + suspended + blocked }
    /// True when no job of it waits or runs.
    package var isIdle: Bool { waiting + running == 0 }

    /// Shows a queue at `now`.
    package init(_ queue: QueueOverview, at now: Moment) {
        name = queue.name
        isPaused = queue.settings.isPaused
        capacity = queue.settings.capacity
        keepFinishedForSeconds = queue.settings.keepFinishedFor.inSeconds
        keepFinishedCount = queue.settings.keepFinishedCount
        (ready, suspended, blocked, running) = (queue.ready, queue.suspended, queue.blocked, queue.running)
        oldestReady = queue.oldestReady
        oldestReadySeconds = queue.oldestReady.map { now.store.seconds(since: $0) }
    }

    package static let schema = ObjectSchema(
        "Queue", "One queue: what is set for it and how many jobs stand in it.",
        [
            .always("name", .text(), "Its name."),
            .always("paused", .boolean, "While true nothing is claimed from it; what runs goes on."),
            .nullable("capacity", .integer(1...Int.max), "How many waiting jobs it takes; null without a bound."),
            .always("keepFinishedForSeconds", .number, "How long finished jobs are kept."),
            .nullable("keepFinishedCount", .integer(0...Int.max), "How many are kept at most; null without a bound."),
            .always("ready", .integer(0...Int.max), "Jobs that wait for a worker."),
            .always("suspended", .integer(0...Int.max), "Jobs that wait for a time or for other jobs."),
            .always("blocked", .integer(0...Int.max), "Jobs that wait for a limit or resource."),
            .always("running", .integer(0...Int.max), "Jobs that run."),
            .always("waiting", .integer(0...Int.max), "Jobs that are not over and do not run."),
            .nullable("oldestReady", .time, "When the oldest ready job was submitted."),
            .nullable("oldestReadySeconds", .number, "How long ago that is."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        name = try reader.required("name", reader.name("name"))
        isPaused = try reader.required("paused", reader.boolean("paused"))
        capacity = try reader.integer("capacity")
        keepFinishedForSeconds = try reader.required("keepFinishedForSeconds", reader.number("keepFinishedForSeconds"))
        keepFinishedCount = try reader.integer("keepFinishedCount")
        ready = try reader.required("ready", reader.count("ready"))
        suspended = try reader.required("suspended", reader.count("suspended"))
        blocked = try reader.required("blocked", reader.count("blocked"))
        running = try reader.required("running", reader.count("running"))
        oldestReady = try reader.moment("oldestReady")
        oldestReadySeconds = try reader.number("oldestReadySeconds")
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("name", name.text)
        writer.member("paused", isPaused)
        writer.member("capacity", capacity)
        writer.member("keepFinishedForSeconds", keepFinishedForSeconds)
        writer.member("keepFinishedCount", keepFinishedCount)
        writer.member("ready", ready)
        writer.member("suspended", suspended)
        writer.member("blocked", blocked)
        writer.member("running", running)
        writer.member("waiting", waiting)
        writer.member("oldestReady", time: oldestReady)
        writer.member("oldestReadySeconds", oldestReadySeconds)
    }
}

/// What to change about a queue; what is left out stays, null removes a bound.
package struct QueueChange: APIObject, Hashable {
    package var capacity: Change<Int>
    package var keepFinishedFor: Duration?
    package var keepFinishedCount: Change<Int>
    /// Shortest time that finished jobs are kept: who waits for one has to see how it ended.
    package static let shortestKeep = Duration.seconds(1)

    /// What happens to a bound.
    package enum Change<Value: Sendable & Hashable>: Sendable, Hashable {
        case keep, remove
        case set(Value)
    }

    /// Makes a change.
    package init(
        capacity: Change<Int> = .keep, keepFinishedFor: Duration? = nil, keepFinishedCount: Change<Int> = .keep
    ) {
        self.capacity = capacity
        self.keepFinishedFor = keepFinishedFor
        self.keepFinishedCount = keepFinishedCount
    }

    /// `settings` with the change made.
    package func applied(to settings: QueueSettings) -> QueueSettings {
        var result = settings
        switch capacity {
        case .keep: break
        case .remove: result.capacity = nil
        case .set(let capacity): result.capacity = capacity
        }
        switch keepFinishedCount {
        case .keep: break
        case .remove: result.keepFinishedCount = nil
        case .set(let count): result.keepFinishedCount = count
        }
        if let keepFinishedFor { result.keepFinishedFor = keepFinishedFor }
        return result
    }

    package static let schema = ObjectSchema(
        "QueueChange", "What to change about a queue; what is left out stays.",
        [
            .maybe("capacity", .integer(1...1_000_000_000), "How many waiting jobs it takes; null for no bound."),
            .maybe("keepFinishedForSeconds", .seconds, "How long finished jobs are kept, at least 1."),
            .maybe("keepFinishedCount", .integer(0...1_000_000_000), "How many are kept at most; null for no bound."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        capacity = try Self.change(reader, "capacity", in: 1...1_000_000_000)
        keepFinishedFor = try reader.seconds("keepFinishedForSeconds")
        if let keep = keepFinishedFor, keep < Self.shortestKeep {
            throw ProblemView(
                .invalidRequest, "field 'keepFinishedForSeconds' is \(keep.inSeconds)", field: "keepFinishedForSeconds",
                hint: "use 1 or more: nobody could see how a job ended")
        }
        keepFinishedCount = try Self.change(reader, "keepFinishedCount", in: 0...1_000_000_000)
    }

    private static func change(_ reader: FieldReader, _ key: String, in range: ClosedRange<Int>) throws(ProblemView)
        -> Change<Int>
    {
        if reader.isNull(key) { return .remove }
        return try reader.integer(key, in: range).map { .set($0) } ?? .keep
    }

    package func write(to writer: inout JSONWriter) {
        Self.write("capacity", capacity, to: &writer)
        if let keepFinishedFor { writer.member("keepFinishedForSeconds", keepFinishedFor.inSeconds) }
        Self.write("keepFinishedCount", keepFinishedCount, to: &writer)
    }

    private static func write(_ key: String, _ change: Change<Int>, to writer: inout JSONWriter) {
        switch change {
        case .keep: break
        case .remove: writer.member(key, nil as Int?)
        case .set(let value): writer.member(key, value)
        }
    }
}

/// All queues, by name.
package struct QueuesView: APIObject, Hashable {
    package let queues: [QueueView]
    package init(_ queues: [QueueView]) { self.queues = queues }

    package static let schema = ObjectSchema(
        "Queues", "All queues that have settings or jobs, by name.",
        [.always("queues", .list(.object(QueueView.schema)), "The queues.")])

    package init(reading reader: FieldReader) throws(ProblemView) {
        queues = try reader.required("queues", reader.objects("queues"))
    }

    package func write(to writer: inout JSONWriter) { writer.member("queues", objects: queues) }
}

/// How many waiting jobs a purge cancelled.
package struct PurgeView: APIObject, Hashable {
    package let purged: Int
    package init(purged: Int) { self.purged = purged }

    package static let schema = ObjectSchema(
        "Purged", "How many waiting jobs a purge cancelled.",
        [.always("purged", .integer(0...Int.max), "How many.")])

    package init(reading reader: FieldReader) throws(ProblemView) {
        purged = try reader.required("purged", reader.integer("purged"))
    }

    package func write(to writer: inout JSONWriter) { writer.member("purged", purged) }
}
