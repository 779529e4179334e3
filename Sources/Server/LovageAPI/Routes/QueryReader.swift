package import LovageCore
package import LovageStore
import LovageWorkflow

/// Reads the query of a request, and names the parameter, the value and the fix when one does not fit.
package struct QueryReader: Sendable {
    private let values: [String: String]

    /// Reads `a=1&b=2`; refuses parameters the route does not have, and one that stands twice.
    package init(_ query: (some StringProtocol)?, _ route: Route) throws(ProblemView) {
        var values: [String: String] = [:]
        let known = route.query.map(\.name)
        for pair in (query.map { String($0) } ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentCoding.decode(parts[0], plusIsSpace: true) else {
                throw ProblemView(
                    .invalidRequest, "the query has a name that is not percent-encoded UTF-8",
                    field: String(parts[0].prefix(80)))
            }
            guard known.contains(name) else {
                let near = DidYouMean.nearest(to: name, among: known)
                throw ProblemView(
                    .unknownParameter, "the query parameter '\(name.prefix(80))' is unknown",
                    field: String(name.prefix(80)),
                    hint: near.map { "did you mean '\($0)'?" }
                        ?? (known.isEmpty ? "this path takes none" : "use \(known.joined(separator: ", "))"))
            }
            guard let value = PercentCoding.decode(parts.count > 1 ? parts[1] : "", plusIsSpace: true) else {
                throw ProblemView(
                    .invalidRequest, "the query parameter '\(name)' is not percent-encoded UTF-8", field: name)
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw ProblemView(.invalidRequest, "the query parameter '\(name)' stands twice", field: name)
            }
        }
        self.values = values
    }

    package func text(_ name: String) -> String? { values[name] }

    private func read<Value>(_ name: String, _ expected: String, _ convert: (String) -> Value?) throws(ProblemView)
        -> Value?
    {
        guard let text = values[name] else { return nil }
        if let value = convert(text) { return value }
        throw ProblemView(
            .invalidRequest, "the query parameter '\(name)' must be \(expected), but is '\(text.prefix(80))'",
            field: name)
    }

    package func integer(_ name: String, in range: ClosedRange<Int>) throws(ProblemView) -> Int? {
        let limits =
            range.upperBound == .max ? "from \(range.lowerBound) on" : "from \(range.lowerBound) to \(range.upperBound)"
        return try read(name, "a whole number \(limits)") {
            // As JSON writes them: not +5 or 007.
            JSONNumber(lexeme: $0)?.int.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    package func boolean(_ name: String) throws(ProblemView) -> Bool? {
        try read(name, "true or false") { $0 == "true" ? true : $0 == "false" ? false : nil }
    }

    package func seconds(_ name: String, upTo most: Double) throws(ProblemView) -> Duration? {
        try read(name, "a number of seconds from 0 to \(Int(most))") { text in
            // As JSON writes numbers: not 0x1p-3, nan or inf.
            JSONNumber(lexeme: text)?.double.flatMap {
                (0...most).contains($0) ? .microseconds(Int64($0 * 1_000_000)) : nil
            }
        }
    }

    /// The first id that what was made at a moment, or later, can have.
    package func firstID(since name: String) throws(ProblemView) -> UUIDv7? {
        try read(name, "a moment such as 2030-01-31T08:00:00Z") { text in
            RFC3339.microseconds(text).map { UUIDv7(firstAt: WallTime(microseconds: $0)) }
        }
    }

    package func id<ID: Identifier>(_ name: String, _ type: ID.Type = ID.self) throws(ProblemView) -> ID? {
        try read(name, "an id such as 01930a3e-0000-7000-8000-000000000000", ID.init)
    }

    package func name<Named: Name>(_ name: String, _ type: Named.Type = Named.self) throws(ProblemView) -> Named? {
        guard let text = values[name] else { return nil }
        do {
            return try Named(validating: text)
        } catch {
            throw ProblemView(.invalidRequest, "the query parameter '\(name)': \(error.description)", field: name)
        }
    }

    package func word<Word: RawRepresentable & CaseIterable>(_ name: String, _ type: Word.Type = Word.self)
        throws(ProblemView)
        -> Word? where Word.RawValue == String
    {
        let words = Word.allCases.map(\.rawValue)
        return try read(name, "one of \(words.joined(separator: ", "))", Word.init(rawValue:))
    }

    /// The parts of jobs that `include` asks for.
    package func contents() throws(ProblemView) -> JobContents {
        let words: [(String, JobContents)] = [("arguments", .arguments), ("result", .result)]
        return try read("include", "arguments, result or both with a comma between them") { text in
            var contents: JobContents = []
            for word in text.split(separator: ",", omittingEmptySubsequences: false) {
                guard let part = words.first(where: { $0.0 == word })?.1 else { return nil }
                contents.insert(part)
            }
            return contents
        } ?? []
    }

    /// The page that `limit` and `after` ask for.
    package func page() throws(ProblemView) -> PageRequest {
        let limit = try integer("limit", in: 1...1_000)
        let after = try read("after", "the 'next' of the page before") { UUIDv7($0) }
        return PageRequest(limit: limit ?? 50, after: after)
    }
}
