import LovageAPI
import LovageCore
import LovageStore
import LovageWorkflow

extension FuzzTarget {
    static let texts = FuzzTarget("texts", "one word of a person or a program: cursors, ids, names, moments, lengths") {
        bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        try checkCursors(text)
        try checkQuantities(text)
        try checkCodings(text)
    }

    /// A cursor is taken as it was given out, or not at all.
    private static func checkCursors(_ text: String) throws(BrokenPromise) {
        if let id = JobID(text) {
            try promise(id.description == text.lowercased(), "the id '\(text)' is shown as \(id)")
            try promise(UUIDv7(bytes: id.uuid.bytes) == id.uuid, "the id '\(text)' is stored as another")
        }
        if let page = try accepted({ try QueryReader("after=\(PercentCoding.encode(text))", .jobs).page() }) {
            let after = page.after?.description
            try promise(after == text.lowercased(), "the page after '\(text)' is that after \(after ?? "nothing")")
        }
        if let offset = try accepted({ try LogEvents.start(after: text) }) {
            try promise("\(offset)" == text, "the event after '\(text)' is that after \(offset)")
        }
    }

    /// What was accepted; nil when the API refuses it, saying where.
    private static func accepted<Value>(_ read: () throws -> Value) throws(BrokenPromise) -> Value? {
        do {
            return try read()
        } catch {
            try promise((error as? ProblemView)?.field != nil, "refused without naming a field: \(error)")
            return nil
        }
    }

    private static func checkQuantities(_ text: String) throws(BrokenPromise) {
        if let duration = DurationText.parse(text) {
            let written = DurationText.format(duration)
            try promise(duration >= .zero, "'\(text)' is less than nothing")
            try promise(DurationText.parse(written) == duration, "'\(text)' is written as '\(written)'")
        }
        if let size = SizeText.parse(text) {
            try promise(size >= 0, "'\(text)' is less than nothing")
            try promise(SizeText.parse(SizeText.format(size)) == size, "'\(text)' is written as \(size)")
        }
        if let moment = RFC3339.microseconds(text) {
            let written = RFC3339.text(moment)
            guard let again = RFC3339.microseconds(written) else {
                throw BrokenPromise(description: "'\(text)' is written as '\(written)', which is no moment")
            }
            try promise((0..<1_000).contains(moment - again), "'\(text)' is written as '\(written)'")
        }
    }

    private static func checkCodings(_ text: String) throws(BrokenPromise) {
        if !text.unicodeScalars.contains("\0") {
            try promise(isSame(PercentCoding.decode(PercentCoding.encode(text)), text), "'\(text)' is lost in a URL")
        }
        if let decoded = PercentCoding.decode(text, plusIsSpace: true) {
            let again = PercentCoding.decode(PercentCoding.encode(decoded), plusIsSpace: true)
            try promise(isSame(again, decoded), "'\(text)' is '\(decoded)' in a URL, and then another text")
        }
        if let script = Base64.decode(text) {
            try promise(Base64.encode(script) == text, "'\(text)' is another text in base64")
        }
        do {
            let name = try QueueName(validating: text)
            try promise(isSame(name.text, text), "the name '\(text)' is kept as '\(name)'")
        } catch let refusal as InvalidName {
            try promise(!refusal.description.isEmpty, "'\(text)' is no name for no reason")
        } catch let broken as BrokenPromise {
            throw broken
        } catch {
            throw BrokenPromise(description: "'\(text)' failed otherwise: \(error)")
        }
    }

    /// Swift calls texts equal that Unicode calls equivalent; here every byte counts.
    private static func isSame(_ left: String?, _ right: String) -> Bool {
        left.map { $0.utf8.elementsEqual(right.utf8) } ?? false
    }
}
