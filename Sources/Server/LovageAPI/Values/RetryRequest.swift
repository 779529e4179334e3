package import LovageCore

/// How jobs are run again.
package struct RetryRequest: APIObject, Hashable {
    /// True to run the newest versions of their commands; false to keep the versions they ran.
    package let latest: Bool
    package init(latest: Bool = false) { self.latest = latest }

    package static let schema = ObjectSchema(
        "RetryRequest", "How jobs are run again.",
        [.maybe("latest", .boolean, "Run the newest versions of their commands, not the ones they ran: false.")])

    package init(reading reader: FieldReader) throws(ProblemView) { latest = try reader.boolean("latest") ?? false }

    package func write(to writer: inout JSONWriter) { writer.member("latest", latest) }
}
