package import LovageCore
package import LovageWorkflow

/// One job to be submitted. What is left out has the default of its kind, or of `JobOptions`.
package struct SubmitRequest: APIObject, Hashable {
    package var kind: Kind
    /// Any JSON value, kept byte for byte; `{}` when left out.
    package var arguments: JSONText
    /// What people typed, instead of `arguments`: what each text means is for the parameters of its kind to say.
    package var typedArguments: [TypedText]?
    package var options: OptionsRequest
    /// What happens when its queue is full; nil refuses.
    package var whenFull: WhenFull?
    /// How long to wait for room with `whenFull: wait`, at most 60 s; nil for 30 s.
    package var roomWithin: Duration?
    /// What happens when nobody has its kind; nil refuses.
    package var unknownKind: Unknown?
    /// What happens when nobody has its queue; nil refuses.
    package var unknownQueue: Unknown?

    /// What happens when a bounded queue is full.
    package enum WhenFull: String, Sendable, CaseIterable {
        case refuse, wait
    }

    /// What happens when nobody has its kind (no stored command defines it, no live worker runs it) or its queue (no live
    /// worker takes from it, it has no settings and never had a job): `wait` stores it for a worker that is still to come.
    package enum Unknown: String, Sendable, CaseIterable {
        case refuse, wait
    }

    /// Makes a request.
    package init(
        kind: Kind, arguments: JSONText = .emptyObject, typedArguments: [TypedText]? = nil,
        options: OptionsRequest = OptionsRequest(),
        whenFull: WhenFull? = nil, roomWithin: Duration? = nil, unknownKind: Unknown? = nil,
        unknownQueue: Unknown? = nil
    ) {
        self.kind = kind
        self.arguments = arguments
        self.typedArguments = typedArguments
        self.options = options
        self.whenFull = whenFull
        self.roomWithin = roomWithin
        self.unknownKind = unknownKind
        self.unknownQueue = unknownQueue
    }

    package static let schema = ObjectSchema(
        "SubmitRequest", "One job to be submitted.",
        [
            .always("kind", .name, "Which handler shall run it."),
            .maybe("arguments", .any, "Any JSON value, kept byte for byte; {} when left out."),
            .maybe(
                "typedArguments", .map(.text()),
                "Instead of arguments, as people type them: the type that the kind declares says what a text means; where "
                    + "none is declared, JSON is JSON and anything else a text."),
            .maybe(
                "whenFull", .word(WhenFull.allCases.map(\.rawValue)), "What happens when its queue is full: refuse."),
            .maybe("roomWithinSeconds", .measure(0...60), "How long to wait for room, at most 60: 30."),
            .maybe(
                "unknownKind", .word(Unknown.allCases.map(\.rawValue)),
                "What happens when no stored command defines its kind and no live worker runs it: refuse."),
            .maybe(
                "unknownQueue", .word(Unknown.allCases.map(\.rawValue)),
                "What happens when no live worker takes from its queue, which has no settings and never had a job: "
                    + "refuse."),
        ] + OptionsRequest.fields)

    package init(reading reader: FieldReader) throws(ProblemView) {
        kind = try reader.required("kind", reader.name("kind"))
        typedArguments = try reader.typedTexts("typedArguments")
        try reader.exclude("arguments", "typedArguments")
        arguments = reader.raw("arguments") ?? (reader.isNull("arguments") ? .null : .emptyObject)
        do {
            _ = try JSONText(validating: arguments.bytes, limits: .arguments)
        } catch {
            throw ProblemView(
                .invalidRequest, "field '\(reader.place("arguments"))': \(error.description)",
                field: reader.place("arguments"), hint: "pass a reference to large data instead of the data")
        }
        whenFull = try reader.word("whenFull")
        roomWithin = try reader.seconds("roomWithinSeconds")
        unknownKind = try reader.word("unknownKind")
        unknownQueue = try reader.word("unknownQueue")
        options = try OptionsRequest(reading: reader)
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("kind", kind.text)
        if let typedArguments {
            writer.member("typedArguments", typed: typedArguments)
        } else {
            writer.member("arguments", arguments)
        }
        if let whenFull { writer.member("whenFull", whenFull.rawValue) }
        if let roomWithin { writer.member("roomWithinSeconds", roomWithin.inSeconds) }
        if let unknownKind { writer.member("unknownKind", unknownKind.rawValue) }
        if let unknownQueue { writer.member("unknownQueue", unknownQueue.rawValue) }
        options.write(to: &writer)
    }
}

/// Many jobs to be submitted in one commit.
package struct BulkRequest: APIObject, Hashable {
    /// Most jobs in one request.
    package static let mostJobs = 1_000
    package var jobs: [SubmitRequest]
    /// Makes a request.
    package init(_ jobs: [SubmitRequest]) { self.jobs = jobs }

    package static let schema = ObjectSchema(
        "BulkRequest", "Many jobs to be submitted in one commit.",
        [.always("jobs", .list(.object(SubmitRequest.schema)), "From 1 to \(mostJobs) jobs.")])

    package init(reading reader: FieldReader) throws(ProblemView) {
        let count = try reader.required("jobs", reader.elements("jobs")).count
        guard (1...Self.mostJobs).contains(count) else {
            throw ProblemView(
                .invalidRequest, "field 'jobs' must have 1 to \(Self.mostJobs) elements, but has \(count)",
                field: "jobs", hint: "send several requests")
        }
        jobs = try reader.objects("jobs") ?? []
    }

    package func write(to writer: inout JSONWriter) { writer.member("jobs", objects: jobs) }
}

extension Duration {
    /// Its length in seconds, to the microsecond.
    package var inSeconds: Double { Double(wholeMicroseconds) / 1_000_000 }
}

extension JSONWriter {
    /// A member that is an object of texts.
    mutating func member(_ key: String, typed texts: [TypedText]) {
        member(key, .object(texts.map { JSONMember($0.name, .string($0.text)) }))
    }
}
