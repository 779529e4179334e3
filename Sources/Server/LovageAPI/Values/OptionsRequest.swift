package import LovageCore

/// What a submitter says about a job besides kind and arguments; nil leaves the default of the kind.
package struct OptionsRequest: Sendable, Hashable {
    package var queue: QueueName?
    package var priority: Int8?
    package var start: JobOptions.Start?
    package var startWithin: Duration?
    package var deadline: Duration?
    package var softLimit: Duration?
    package var hardLimit: Duration?
    package var retries: Int?
    package var backoff: Backoff?
    package var crashLimit: Int?
    package var unstartedLimit: Int?
    package var idempotencyKey: String?
    package var unique: JobOptions.Uniqueness?

    /// Nothing said.
    package init() {}

    /// Most retries of a job.
    package static let mostRetries = 10_000

    /// `options` with what is said here put over it.
    package func applied(to options: JobOptions) -> JobOptions {
        var result = options
        if let queue { result.queue = queue }
        if let priority { result.priority = priority }
        if let start { result.start = start }
        if let startWithin { result.startWithin = startWithin }
        if let deadline { result.deadline = deadline }
        if let softLimit { result.softLimit = softLimit }
        if let hardLimit { result.hardLimit = hardLimit }
        if let retries { result.retry.retries = retries }
        if let backoff { result.retry.backoff = backoff }
        if let crashLimit { result.crashLimit = crashLimit }
        if let unstartedLimit { result.unstartedLimit = unstartedLimit }
        if let idempotencyKey { result.idempotencyKey = idempotencyKey }
        if let unique { result.unique = unique }
        return result
    }

    static let fields: [ObjectSchema.Field] = [
        .maybe("queue", .name, "The line it stands in: `default`."),
        .maybe("priority", .integer(-128...127), "A higher one goes first in its queue: 0."),
        .maybe("afterSeconds", .seconds, "It starts this long after its submission at the earliest."),
        .maybe("at", .time, "It starts at this moment at the earliest."),
        .maybe("startWithinSeconds", .seconds, "It expires when it has not started after this long."),
        .maybe("deadlineSeconds", .seconds, "It fails when queueing, running and retrying take longer than this."),
        .maybe("softTimeoutSeconds", .seconds, "An attempt is asked to stop after this long."),
        .maybe("timeoutSeconds", .seconds, "An attempt is made to stop after this long."),
        .maybe("retries", .integer(0...mostRetries), "How many attempts may follow a failed one: 0."),
        .maybe("backoff", .object(BackoffView.schema), "The wait before each retry: 1 s, doubled up to 10 minutes."),
        .maybe("crashLimit", .integer(1...1_000), "It is quarantined after this many lost attempts: 3."),
        .maybe("unstartedLimit", .integer(1...1_000), "It is quarantined after this many unstarted attempts: 10."),
        .maybe("idempotencyKey", .text(), "The same key within 24 hours is the same job; 1 to 200 bytes."),
        .maybe(
            "unique", .either([.boolean, .list(.text())]),
            "True, or the names of the arguments, that no two unfinished jobs of the kind may share."),
    ]

    init(reading reader: FieldReader) throws(ProblemView) {
        queue = try reader.name("queue")
        priority = try reader.integer("priority", in: -128...127).map(Int8.init)
        start = try Self.start(reader)
        startWithin = try reader.limit("startWithinSeconds")
        deadline = try reader.limit("deadlineSeconds")
        softLimit = try reader.limit("softTimeoutSeconds")
        hardLimit = try reader.limit("timeoutSeconds")
        retries = try reader.integer("retries", in: 0...Self.mostRetries)
        backoff = try reader.object("backoff", BackoffView.self)?.backoff
        crashLimit = try reader.integer("crashLimit", in: 1...1_000)
        unstartedLimit = try reader.integer("unstartedLimit", in: 1...1_000)
        idempotencyKey = try reader.read("idempotencyKey", "a text of 1 to 200 bytes", "use a shorter key") {
            $0.value().stringValue.flatMap(Self.key)
        }
        unique =
            try reader.read("unique", "true, false or a list of names", "write it like [\"user\"]") {
                Self.unique($0.value())
            } ?? nil
        if let softLimit, let hardLimit, softLimit > hardLimit {
            throw ProblemView(
                .invalidRequest, "field '\(reader.place("softTimeoutSeconds"))' is longer than timeoutSeconds",
                field: reader.place("softTimeoutSeconds"))
        }
    }

    /// An idempotency key; nil when it is empty or too long.
    package static func key(_ text: String) -> String? { (1...200).contains(text.utf8.count) ? text : nil }

    private static func start(_ reader: FieldReader) throws(ProblemView) -> JobOptions.Start? {
        let after = try reader.seconds("afterSeconds")
        let at = try reader.time("at")
        if after != nil, at != nil {
            throw ProblemView(
                .invalidRequest,
                "fields '\(reader.place("afterSeconds"))' and '\(reader.place("at"))' exclude each other",
                field: reader.place("at"), hint: "give one of them")
        }
        return after.map(JobOptions.Start.after) ?? at.map { .at(WallTime(microseconds: $0)) }
    }

    /// Nil for what is neither a boolean nor a list of names; `.some(nil)` for false.
    private static func unique(_ value: JSONValue) -> JobOptions.Uniqueness?? {
        if let isUnique = value.boolValue { return .some(isUnique ? .allArguments : nil) }
        guard let elements = value.arrayValue, !elements.isEmpty else { return nil }
        let names = elements.compactMap(\.stringValue)
        return names.count == elements.count ? .some(.members(names)) : nil
    }

    func write(to writer: inout JSONWriter) {
        if let queue { writer.member("queue", queue.text) }
        if let priority { writer.member("priority", Int(priority)) }
        switch start {
        case .after(let delay): writer.member("afterSeconds", delay.inSeconds)
        case .at(let due): writer.member("at", RFC3339.exactText(due.microseconds))
        case .immediately: writer.member("afterSeconds", 0)
        case nil: break
        }
        let durations = [
            ("startWithinSeconds", startWithin), ("deadlineSeconds", deadline), ("softTimeoutSeconds", softLimit),
            ("timeoutSeconds", hardLimit),
        ]
        for (key, duration) in durations where duration != nil { writer.member(key, duration?.inSeconds) }
        for (key, number) in [("retries", retries), ("crashLimit", crashLimit), ("unstartedLimit", unstartedLimit)]
        where number != nil {
            writer.member(key, number)
        }
        if let backoff { writer.member("backoff", object: BackoffView(backoff)) }
        if let idempotencyKey { writer.member("idempotencyKey", idempotencyKey) }
        switch unique {
        case .allArguments: writer.member("unique", true)
        case .members(let names): writer.member("unique", texts: names)
        case nil: break
        }
    }
}

/// The wait before each retry: exactly one of its three forms.
package struct BackoffView: APIObject, Hashable {
    package let backoff: Backoff
    package init(_ backoff: Backoff) { self.backoff = backoff }

    package static let schema = ObjectSchema(
        "Backoff", "The wait before each retry: one of fixedSeconds, listSeconds, or baseSeconds with capSeconds.",
        [
            .maybe("fixedSeconds", .seconds, "The same wait each time."),
            .maybe("listSeconds", .list(.seconds), "One wait a retry; the last one serves all further retries."),
            .maybe("baseSeconds", .seconds, "The first wait, doubled each time."),
            .maybe("capSeconds", .seconds, "The longest of the doubled waits: 600."),
            .maybe("jitter", .boolean, "Take a random part of each doubled wait: true."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        let fixed = try reader.seconds("fixedSeconds")
        let list = try reader.read("listSeconds", "a list of 1 to 100 numbers of seconds", "write it like [1, 5, 30]") {
            Self.list($0.value())
        }
        let base = try reader.seconds("baseSeconds")
        let cap = try reader.seconds("capSeconds")
        let jitter = try reader.boolean("jitter")
        switch (fixed, list, base) {
        case (let fixed?, nil, nil): backoff = .fixed(fixed)
        case (nil, let list?, nil): backoff = .list(list)
        case (nil, nil, let base?):
            backoff = .exponential(base: base, cap: cap ?? .seconds(600), jitter: jitter ?? true)
        case (_, _, _):
            throw ProblemView(
                .invalidRequest, "field '\(reader.place("baseSeconds"))': a backoff has exactly one form",
                field: reader.place("baseSeconds"), hint: "give one of fixedSeconds, listSeconds, baseSeconds")
        }
        if base == nil, cap != nil || jitter != nil {
            throw ProblemView(
                .invalidRequest, "field '\(reader.place("capSeconds"))' and jitter belong to baseSeconds",
                field: reader.place("capSeconds"))
        }
    }

    private static func list(_ value: JSONValue) -> [Duration]? {
        guard let elements = value.arrayValue, (1...100).contains(elements.count) else { return nil }
        let waits = elements.compactMap(FieldReader.duration)
        return waits.count == elements.count ? waits : nil
    }

    package func write(to writer: inout JSONWriter) {
        switch backoff {
        case .fixed(let wait): writer.member("fixedSeconds", wait.inSeconds)
        case .list(let waits):
            writer.member("listSeconds", array: { writer in for wait in waits { writer.value(wait.inSeconds) } })
        case .exponential(let base, let cap, let jitter):
            writer.member("baseSeconds", base.inSeconds)
            writer.member("capSeconds", cap.inSeconds)
            writer.member("jitter", jitter)
        }
    }
}
