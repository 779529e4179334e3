extension Reference {
    /// The names along a path: `steps.list.result["a b.c"].0`. A name that is no word stands in brackets and quotes, in
    /// which everything but the same quote means itself. Nil for what is no path.
    static func segments(of path: String) -> [String]? {
        var segments: [String] = []
        var rest = path[...]
        while true {
            let name = rest.prefix { $0 != "." && $0 != "[" }
            guard !name.isEmpty, name.unicodeScalars.allSatisfy(isNameScalar) else { return nil }
            segments.append(String(name))
            rest = rest.dropFirst(name.count)
            while rest.first == "[" {
                guard let bracketed = bracketed(rest) else { return nil }
                segments.append(String(bracketed.name))
                rest = bracketed.rest
            }
            if rest.isEmpty { return segments }
            guard rest.first == "." else { return nil }
            rest.removeFirst()
        }
    }

    /// The name in brackets and quotes at the beginning of a text, and what follows; nil when none stands there.
    static func bracketed(_ text: Substring) -> (name: Substring, rest: Substring)? {
        var rest = text
        guard rest.popFirst() == "[", let quote = rest.popFirst(), quote == "\"" || quote == "'",
            let end = rest.firstIndex(of: quote)
        else { return nil }
        let name = rest[..<end]
        rest = rest[rest.index(after: end)...]
        return rest.popFirst() == "]" ? (name, rest) : nil
    }
}
