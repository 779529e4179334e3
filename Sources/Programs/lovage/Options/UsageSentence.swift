import ArgumentParser

/// What is wrong with the words of a command line: one sentence with the option, the value and the fix.
///
/// ArgumentParser says it in up to five lines without a fix, and its errors have no public shape but their text; so the
/// text is read here, in one place, and a test holds every option of every command against it.
enum UsageSentence {
    /// The sentence, with where to read more; empty when there is nothing to say.
    static func text(_ error: any Error) -> String {
        let message = LovageCommand.message(for: error)
        guard !message.isEmpty else { return "" }
        return sentence(message, help(LovageCommand.fullMessage(for: error))) + place(of: error)
    }

    /// `message` is ArgumentParser's, `help` what it says of the option or argument.
    private static func sentence(_ message: String, _ help: String?) -> String {
        if let (value, option, allowed) = invalidValue(message) { return invalid(value, option, allowed) }
        if let match = message.wholeMatch(of: /Missing value for '(-[^ ']+).*'/) {
            return "\(match.1) has no value: give one, after = when it begins with a dash"
        }
        if let match = message.wholeMatch(of: /Missing expected argument '(.+)'/) {
            return "\(match.1) is missing" + (help.map { ": \($0)" } ?? "")
        }
        if let match = message.wholeMatch(of: /Unknown option '(-[0-9].*)'/) {
            return "argument '\(match.1)' begins with a dash: write it after --"
        }
        if let match = message.wholeMatch(of: /The option '(.+)' does not take any value, but '(.*)' was specified\./) {
            return "\(match.1) takes no value, but '\(match.2)' is given: leave it out"
        }
        return clause(message)
    }

    /// `The value '5' is invalid for '--after <time>'`, and what else it says; a value may hold anything, even these words.
    private static func invalidValue(_ message: String) -> (value: String, option: String, allowed: String)? {
        let (begin, middle) = ("The value '", "' is invalid for '")
        guard message.hasPrefix(begin), let split = message.ranges(of: middle).last else { return nil }
        let rest = message[split.upperBound...]
        guard let end = rest.firstIndex(of: "'") else { return nil }
        let value = message[message.index(message.startIndex, offsetBy: begin.count)..<split.lowerBound]
        return (String(value), String(rest[..<end]), String(rest[rest.index(after: end)...]))
    }

    private static func invalid(_ value: String, _ option: String, _ allowed: String) -> String {
        let words = option.split(separator: " ")
        let name = words.first.map(String.init) ?? option
        let given = "\(name) '\(value.prefix(60))'"
        if !allowed.isEmpty {
            // In quotes, or a line each when there are many.
            let choices =
                allowed.matches(of: /'([^']*)'/).map { String($0.1) }
                + allowed.matches(of: /\n *- (.+)/).map { String($0.1) }
            let all = choices.dropLast().joined(separator: ", ") + (choices.count > 1 ? " or " : "")
            return "\(given) is unknown: use \(all)\(choices.last ?? "")"
        }
        switch words.last {
        case "<time>":
            let isNumber = !value.isEmpty && value.utf8.allSatisfy { (0x30...0x39).contains($0) } && value.count < 7
            return isNumber
                ? "\(given) has no unit: write it like \(value)s, 2m or 1h30m"
                : "\(given) is no length of time: write it like 5s, 2m or 1h30m"
        case "<seconds>": return "\(given) is no number: write it like 0.5"
        default: return "\(given) is no whole number: write it like 3"
        }
    }

    /// `Help:  <kind>  Which kind of job.`
    private static func help(_ text: String) -> String? {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Help:  ") }),
            let gap = line.dropFirst("Help:  ".count).firstRange(of: "  ")
        else { return nil }
        return clause(String(line[gap.upperBound...]))
    }

    private static func place(of error: any Error) -> String {
        let full = LovageCommand.fullMessage(for: error)
        guard let match = full.firstMatch(of: /See '(lovage[a-z ]*) --help'/) else { return "" }
        return " (see '\(match.1) --help')"
    }

    /// A sentence as a part of one: without its capital and its stop.
    private static func clause(_ sentence: String) -> String {
        let line = sentence.replacing("\n", with: " ")
        return line.prefix(1).lowercased() + line.dropFirst().trimming(suffix: ".")
    }
}

extension Substring {
    fileprivate func trimming(suffix: String) -> Substring { hasSuffix(suffix) ? dropLast(suffix.count) : self }
}
