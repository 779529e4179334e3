import LovageCore

/// The arguments of a job as people type them: one JSON value, or `key=value` pairs.
enum ArgumentText {
    /// Reads the words after the kind. No words are an empty object.
    static func parse(_ words: [String]) throws(CommandFailure) -> JSONText {
        guard let first = words.first else { return .emptyObject }
        if words.count == 1, !isPair(first) { return try json(first) }
        return try object(words)
    }

    /// Reads `key=value` words into an object. A value that is JSON is taken as JSON, anything else as a string:
    /// `n=3` is a number, `n='"3"'` the string "3".
    static func object(_ words: [String]) throws(CommandFailure) -> JSONText {
        var members: [JSONMember] = []
        for word in words {
            guard isPair(word), let equals = word.firstIndex(of: "=") else {
                throw .usage("argument '\(word)' is not key=value: write for example to=ann, or give one JSON object")
            }
            let key = String(word[..<equals])
            if members.contains(where: { $0.key == key }) {
                throw .usage("argument '\(key)' is given twice: give it once")
            }
            members.append(JSONMember(key, value(String(word[word.index(after: equals)...]))))
        }
        return JSONValue.object(members).text()
    }

    /// Reads one JSON value.
    static func json(_ text: String, as what: String = "arguments") throws(CommandFailure) -> JSONText {
        do {
            return try JSONText(validating: text)
        } catch {
            throw .usage("\(what) are not JSON: \(error.description); write for example '{\"to\": \"ann\"}' or to=ann")
        }
    }

    private static func value(_ text: String) -> JSONValue {
        do {
            return try JSONValue(parsing: text.utf8)
        } catch {
            return .string(text)
        }
    }

    /// A JSON value never begins like a key, apart from the words and numbers, which have no equals sign.
    private static func isPair(_ word: String) -> Bool {
        guard let first = word.first, !"{[\"=".contains(first) else { return false }
        return word.contains("=")
    }
}
