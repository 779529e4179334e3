import LovageCore
import LovageWorkflow

/// The arguments of a job, or the parameters of a run, as people type them: one JSON value, or `key=value` pairs.
enum ArgumentText: Sendable, Hashable {
    /// Everything, as JSON.
    case json(JSONText)
    /// Texts whose meaning is for the definition to say, which the server has: `sha=831877e8` is a text where a text is
    /// declared, and a number where a number is.
    case pairs([TypedText])

    /// Reads the words. No words are an empty object.
    static func parse(_ words: [String], as noun: String = "argument") throws(CommandFailure) -> ArgumentText {
        guard let first = words.first else { return .json(.emptyObject) }
        if words.count == 1, !isPair(first) { return .json(try json(first, as: "\(noun)s")) }
        var pairs: [TypedText] = []
        for word in words {
            guard isPair(word), let equals = word.firstIndex(of: "=") else {
                throw .usage(
                    "\(noun) '\(Harmless.line(word))' is not key=value: write for example to=ann, or give one JSON "
                        + "object alone")
            }
            let key = String(word[..<equals])
            if pairs.contains(where: { $0.name == key }) {
                throw .usage("\(noun) '\(Harmless.line(key))' is given twice: give it once")
            }
            pairs.append(TypedText(key, String(word[word.index(after: equals)...])))
        }
        return .pairs(pairs)
    }

    /// The JSON, when it is that.
    var json: JSONText? { if case .json(let text) = self { text } else { nil } }
    /// What was typed, when it is pairs.
    var pairs: [TypedText]? { if case .pairs(let pairs) = self { pairs } else { nil } }

    /// Reads one JSON value.
    static func json(_ text: String, as what: String = "arguments") throws(CommandFailure) -> JSONText {
        do {
            return try JSONText(validating: text)
        } catch {
            throw .usage("\(what) are not JSON: \(error.description); write for example '{\"to\": \"ann\"}' or to=ann")
        }
    }

    /// A JSON value never begins like a key, apart from the words and numbers, which have no equals sign.
    private static func isPair(_ word: String) -> Bool {
        guard let first = word.first, !"{[\"=".contains(first) else { return false }
        return word.contains("=")
    }
}
