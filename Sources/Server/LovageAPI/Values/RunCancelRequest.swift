package import LovageCore

/// Why a run is called off, and whether it cleans up.
package struct RunCancelRequest: APIObject, Hashable {
    /// For people; may be empty.
    package let reason: String
    /// False to end its failure branches too.
    package let cleanup: Bool
    package init(reason: String = "", cleanup: Bool = true) {
        self.reason = reason
        self.cleanup = cleanup
    }

    package static let schema = ObjectSchema(
        "RunCancelRequest", "Why a run is called off, and whether it cleans up.",
        CancelRequest.schema.fields + [
            .maybe("cleanup", .boolean, "Whether its failure branches still run; also false for those that run: true.")
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        reason = try CancelRequest(reading: reader).reason
        cleanup = try reader.boolean("cleanup") ?? true
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("reason", reason)
        writer.member("cleanup", cleanup)
    }
}
