package import LovageCore
package import LovageStore

/// Whether the server works and what it promises.
package struct HealthView: APIObject, Hashable {
    package let isReady: Bool
    package let version: String
    /// Whether everybody on the server's machine may use the API over TCP.
    package let isOpen: Bool
    /// The store's engine, such as `sqlite`.
    package let engine: String
    package let isWritable: Bool
    /// What is wrong with the store or the worker, in one sentence; nil when nothing is.
    package let problem: String?
    /// What a crash of the machine may lose, in one sentence; nil when nothing that was answered.
    package let lossWindow: String?
    /// Writes of attempts that no longer held their jobs, refused since the server started.
    package let staleWrites: Int
    package let since: StoreTime
    package let uptimeSeconds: Double
    package let waiting: Int
    package let running: Int
    package let queues: Int
    package let workers: Int
    package let slots: Int

    /// Puts a store's report and counts together; `since` is when the server started, `trouble` what keeps its worker from
    /// starting anything.
    package init(
        _ health: StoreHealth, version: String, isOpen: Bool, since: Moment, now: Moment, queues: [QueueOverview],
        workers: [WorkerOverview], trouble: String? = nil
    ) {
        isReady = health.isWritable && trouble == nil
        self.version = version
        self.isOpen = isOpen
        engine = health.engine
        isWritable = health.isWritable
        let problems = [health.problem, trouble].compactMap { $0 }
        problem = problems.isEmpty ? nil : problems.joined(separator: "; ")
        lossWindow = health.lossWindow
        staleWrites = health.staleWrites
        self.since = since.store
        uptimeSeconds = now.store.seconds(since: since.store)
        waiting = queues.reduce(0) { $0 + $1.waiting }
        running = queues.reduce(0) { $0 + $1.running }
        self.queues = queues.count
        self.workers = workers.count
        slots = workers.reduce(0) { $0 + $1.record.slots }
    }

    package static let schema = ObjectSchema(
        "Health", "Whether the server works and what it promises.",
        [
            .always("ready", .boolean, "True when submissions are taken and the worker starts jobs."),
            .always("version", .text(), "The server's version."),
            .always("open", .boolean, "True when everybody on its machine may use the API over TCP."),
            .always("engine", .text(), "The store's engine."),
            .always("writable", .boolean, "False when submissions would be refused now."),
            .nullable("problem", .text(), "What is wrong with the store or the worker."),
            .nullable("lossWindow", .text(), "What a crash of the machine may lose; null when nothing answered."),
            .always(
                "staleWrites", .integer(0...Int.max),
                "Reports and renewals refused since the start, because their attempt no longer held its job."),
            .always("since", .time, "When the server started."),
            .always("uptimeSeconds", .number, "How long ago that is."),
            .always("waiting", .integer(0...Int.max), "Jobs that are not over and do not run."),
            .always("running", .integer(0...Int.max), "Jobs that run."),
            .always("queues", .integer(0...Int.max), "Queues that have settings or jobs."),
            .always("workers", .integer(0...Int.max), "Live workers."),
            .always("slots", .integer(0...Int.max), "Their slots together."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        isReady = try reader.required("ready", reader.boolean("ready"))
        version = try reader.required("version", reader.text("version"))
        isOpen = try reader.required("open", reader.boolean("open"))
        engine = try reader.required("engine", reader.text("engine"))
        isWritable = try reader.required("writable", reader.boolean("writable"))
        problem = try reader.text("problem")
        lossWindow = try reader.text("lossWindow")
        staleWrites = try reader.required("staleWrites", reader.integer("staleWrites"))
        since = try reader.required("since", reader.moment("since"))
        uptimeSeconds = try reader.required("uptimeSeconds", reader.number("uptimeSeconds"))
        waiting = try reader.required("waiting", reader.integer("waiting"))
        running = try reader.required("running", reader.integer("running"))
        queues = try reader.required("queues", reader.integer("queues"))
        workers = try reader.required("workers", reader.integer("workers"))
        slots = try reader.required("slots", reader.integer("slots"))
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("ready", isReady)
        writer.member("version", version)
        writer.member("open", isOpen)
        writer.member("engine", engine)
        writer.member("writable", isWritable)
        writer.member("problem", problem)
        writer.member("lossWindow", lossWindow)
        writer.member("staleWrites", staleWrites)
        writer.member("since", time: since)
        writer.member("uptimeSeconds", uptimeSeconds)
        writer.member("waiting", waiting)
        writer.member("running", running)
        writer.member("queues", queues)
        writer.member("workers", workers)
        writer.member("slots", slots)
    }
}

/// `{"live": true}` or `{"ready": …}`: what a supervisor asks.
package struct ProbeView: APIObject, Hashable {
    package let isOK: Bool
    package init(isOK: Bool) { self.isOK = isOK }

    package static let schema = ObjectSchema(
        "Probe", "What a supervisor asks.", [.always("ok", .boolean, "True.")])

    package init(reading reader: FieldReader) throws(ProblemView) {
        isOK = try reader.required("ok", reader.boolean("ok"))
    }

    package func write(to writer: inout JSONWriter) { writer.member("ok", isOK) }
}
