package import LovageCore

/// What a text that people type stands for.
package struct FindView: APIObject, Hashable {
    /// Jobs first, then runs, workers, queues and definitions; the newest of each first.
    package let found: [FoundView]
    /// True when there are more than are named here.
    package let hasMore: Bool

    /// Most of one sort that are named.
    package static let most = 5

    /// Makes an answer.
    package init(_ found: [FoundView], hasMore: Bool) {
        self.found = found
        self.hasMore = hasMore
    }

    package static let schema = ObjectSchema(
        "Found", "What an id, a part of one, or a name stands for.",
        [
            .always("found", .list(.object(FoundView.schema)), "What was found; several when the text is ambiguous."),
            .always("more", .boolean, "True when there are more than are named here."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        found = try reader.required("found", reader.objects("found"))
        hasMore = try reader.boolean("more") ?? false
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("found", objects: found)
        writer.member("more", hasMore)
    }
}

/// One thing that was found.
package struct FoundView: APIObject, Hashable {
    package let sort: Sort
    /// The id of a job, run or worker; the name of a queue or definition.
    package let reference: String
    /// For people: what it is and where it stands.
    package let about: String

    /// What can be found.
    package enum Sort: String, Sendable, Hashable, CaseIterable {
        case job, run, worker, queue, command, workflow
    }

    /// Makes one.
    package init(_ sort: Sort, _ reference: String, _ about: String) {
        self.sort = sort
        self.reference = reference
        self.about = about
    }

    package static let schema = ObjectSchema(
        "FoundItem", "One thing that was found.",
        [
            .always("sort", .word(Sort.allCases.map(\.rawValue)), "What it is."),
            .always("reference", .text(), "The id of a job, run or worker; the name of a queue or definition."),
            .always("about", .text(), "For people: what it is and where it stands."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        sort = try reader.required("sort", reader.word("sort"))
        reference = try reader.required("reference", reader.text("reference"))
        about = try reader.required("about", reader.text("about"))
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("sort", sort.rawValue)
        writer.member("reference", reference)
        writer.member("about", about)
    }
}
