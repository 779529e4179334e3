package import LovageCore
package import LovageStore

/// One live worker.
package struct WorkerView: APIObject, Hashable {
    package let id: WorkerID
    package let name: String
    package let kinds: [Kind]
    package let queues: [QueueName]
    package let slots: Int
    package let running: Int
    /// True for the worker inside the server's own process.
    package let isLocal: Bool
    package let since: StoreTime
    package let leaseEnds: StoreTime

    /// Shows a worker.
    package init(_ worker: WorkerOverview) {
        id = worker.record.id
        name = worker.record.name
        kinds = worker.record.offer.kinds.sorted()
        queues = worker.record.offer.queues
        slots = worker.record.slots
        running = worker.running
        isLocal = worker.record.isLocal
        since = worker.since
        leaseEnds = worker.leaseEnds
    }

    package static let schema = ObjectSchema(
        "Worker", "One live worker.",
        [
            .always("id", .id, "Its name for this life of its process."),
            .always("name", .text(), "Its name for people."),
            .always("kinds", .list(.text()), "What it can run."),
            .always("queues", .list(.text()), "Where it takes jobs from, the preferred one first."),
            .always("slots", .integer(1...Int.max), "How many jobs it runs at once."),
            .always("running", .integer(0...Int.max), "How many it runs now."),
            .always("local", .boolean, "True inside the server's own process."),
            .always("since", .time, "When it was registered."),
            .always("leaseEnds", .time, "Until when its leases hold without another sign of life."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        id = try reader.required("id", reader.id("id"))
        name = try reader.required("name", reader.text("name"))
        kinds = (try reader.texts("kinds") ?? []).map(Kind.init(trusted:))
        queues = (try reader.texts("queues") ?? []).map(QueueName.init(trusted:))
        slots = try reader.required("slots", reader.integer("slots"))
        running = try reader.required("running", reader.integer("running"))
        isLocal = try reader.required("local", reader.boolean("local"))
        since = try reader.required("since", reader.moment("since"))
        leaseEnds = try reader.required("leaseEnds", reader.moment("leaseEnds"))
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("id", id.description)
        writer.member("name", name)
        writer.member("kinds", texts: kinds.map(\.text))
        writer.member("queues", texts: queues.map(\.text))
        writer.member("slots", slots)
        writer.member("running", running)
        writer.member("local", isLocal)
        writer.member("since", time: since)
        writer.member("leaseEnds", time: leaseEnds)
    }
}

/// All live workers, oldest first.
package struct WorkersView: APIObject, Hashable {
    package let workers: [WorkerView]
    package init(_ workers: [WorkerView]) { self.workers = workers }

    package static let schema = ObjectSchema(
        "Workers", "All live workers, oldest first.",
        [.always("workers", .list(.object(WorkerView.schema)), "The workers.")])

    package init(reading reader: FieldReader) throws(ProblemView) {
        workers = try reader.required("workers", reader.objects("workers"))
    }

    package func write(to writer: inout JSONWriter) { writer.member("workers", objects: workers) }
}
