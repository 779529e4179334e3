package import LovageCore

/// A run of which jobs are run again, and which these are.
package struct RunRetryView: APIObject, Hashable {
    /// The run as it is now.
    package let run: RunView
    /// The steps whose jobs are run again, each after what it needs.
    package let retried: [RetriedStepView]
    package init(_ run: RunView, retried: [RetriedStepView]) {
        self.run = run
        self.retried = retried
    }

    package static let schema = ObjectSchema(
        "RunRetried", "A run of which jobs are run again.",
        RunView.fields + [
            .always(
                "retried", .list(.object(RetriedStepView.schema)),
                "The steps whose jobs are run again, each after what it needs. What waits for them is not named.")
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        run = try RunView(reading: reader)
        retried = try reader.required("retried", reader.objects("retried"))
    }

    package func write(to writer: inout JSONWriter) {
        run.write(to: &writer)
        writer.member("retried", objects: retried)
    }
}

/// The jobs of one step that are run again.
package struct RetriedStepView: APIObject, Hashable {
    /// The step.
    package let name: String
    /// How many of its jobs are run again.
    package let count: Int
    /// The first of them, at most `mostJobs`.
    package let jobs: [JobID]
    /// The version of the command that they run; nil for a Swift kind.
    package let definition: Int?

    /// How many jobs of a step are named.
    package static let mostJobs = 100

    /// Shows the jobs of one step, at least one.
    package init(_ name: String, _ jobs: [Job]) {
        self.name = name
        count = jobs.count
        self.jobs = jobs.prefix(Self.mostJobs).map(\.id)
        definition = jobs.last?.definition
    }

    package static let schema = ObjectSchema(
        "RetriedStep", "The jobs of one step that are run again.",
        [
            .always("name", .text(), "The step."),
            .always("count", .integer(0...Int.max), "How many of its jobs are run again."),
            .always("jobs", .list(.id), "The first \(mostJobs) of them."),
            .nullable("definition", .integer(1...Int.max), "The version of the command that they run."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        name = try reader.required("name", reader.text("name"))
        count = try reader.required("count", reader.integer("count"))
        jobs = try reader.required("jobs", reader.texts("jobs")).compactMap(JobID.init)
        definition = try reader.integer("definition")
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("name", name)
        writer.member("count", count)
        writer.member("jobs", texts: jobs.map(\.description))
        writer.member("definition", definition)
    }
}
