import LovageCore

/// Reads conditions by recursive descent: `or` binds weakest, then `and`, `not`, comparisons.
struct ConditionParser {
    private enum Token: Hashable {
        case open(String)
        case close(String)
        case comparison(Condition.Comparison)
        case word(String)
        case text(String)
    }

    /// More is no condition that a person wrote; it bounds the depth of the parser and of the evaluation.
    private static let mostTokens = 500
    private static let mostDepth = 50

    private let source: String
    private var tokens: [Token]
    private var next = 0
    private var depth = 0

    init(_ source: String) throws(TemplateFault) {
        self.source = source
        tokens = try Self.tokens(of: source)
        guard tokens.count <= Self.mostTokens else {
            throw TemplateFault("the condition is too long: it has \(tokens.count) words, at most \(Self.mostTokens)")
        }
        guard !tokens.isEmpty else { throw TemplateFault("the condition is empty") }
    }

    mutating func parse() throws(TemplateFault) -> Condition.Expression {
        let expression = try disjunction()
        guard next == tokens.count else { throw unexpected() }
        return expression
    }

    private mutating func disjunction() throws(TemplateFault) -> Condition.Expression {
        var left = try conjunction()
        while take(.word("or")) { left = .or(left, try conjunction()) }
        return left
    }

    private mutating func conjunction() throws(TemplateFault) -> Condition.Expression {
        var left = try negation()
        while take(.word("and")) { left = .and(left, try negation()) }
        return left
    }

    private mutating func negation() throws(TemplateFault) -> Condition.Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.mostDepth else {
            throw TemplateFault("'\(source.prefix(40))…' is nested too deep: at most \(Self.mostDepth) levels")
        }
        return take(.word("not")) ? .not(try negation()) : try comparison()
    }

    private mutating func comparison() throws(TemplateFault) -> Condition.Expression {
        let left = try operand()
        guard next < tokens.count, case .comparison(let comparison) = tokens[next] else { return left }
        next += 1
        return .comparison(left, comparison, try operand())
    }

    private mutating func operand() throws(TemplateFault) -> Condition.Expression {
        guard next < tokens.count else { throw TemplateFault("'\(source)' ends too early") }
        let token = tokens[next]
        next += 1
        switch token {
        case .open(let closing):
            let inner = try disjunction()
            guard take(.close(closing)) else { throw TemplateFault("'\(source)': a \(closing) is missing") }
            return inner
        case .text(let text): return .literal(.string(text))
        case .word(let word): return try Self.operand(word, in: source)
        case .close, .comparison:
            next -= 1
            throw unexpected()
        }
    }

    private static func operand(_ word: String, in source: String) throws(TemplateFault) -> Condition.Expression {
        switch word {
        case "true": return .literal(.bool(true))
        case "false": return .literal(.bool(false))
        case "null": return .literal(.null)
        case "and", "or", "not": throw TemplateFault("'\(source)': something is missing beside '\(word)'")
        default: break
        }
        if let first = word.first, first.isNumber || first == "-" || first == "+" {
            do {
                return .literal(try JSONValue(parsing: word.utf8))
            } catch {
                throw TemplateFault("'\(source)': '\(word)' is no number")
            }
        }
        if !word.contains("."), !word.contains("["), word != "item", word != "index" {
            throw TemplateFault("'\(source)': write '\(word)' in quotes if it is a text, or params.\(word) to read it")
        }
        return .reference(try Reference(parsing: word))
    }

    private mutating func take(_ token: Token) -> Bool {
        guard next < tokens.count, tokens[next] == token else { return false }
        next += 1
        return true
    }

    private func unexpected() -> TemplateFault {
        let word: String
        switch tokens[next] {
        case .open(let closing): word = closing == ")" ? "(" : "${"
        case .close(let closing): word = closing
        case .comparison(let comparison): word = comparison.rawValue
        case .word(let text), .text(let text): word = text
        }
        return TemplateFault("'\(source)': '\(word)' is not expected there; use == != < <= > >= and or not ( )")
    }

    private static func tokens(of source: String) throws(TemplateFault) -> [Token] {
        var tokens: [Token] = []
        var rest = source[...]
        while let first = rest.first {
            if first.isWhitespace {
                rest.removeFirst()
            } else if rest.hasPrefix("${") {
                tokens.append(.open("}"))
                rest = rest.dropFirst(2)
            } else if first == "(" {
                tokens.append(.open(")"))
                rest.removeFirst()
            } else if first == ")" || first == "}" {
                tokens.append(.close(String(first)))
                rest.removeFirst()
            } else if let comparison = Condition.Comparison.allCases.first(where: { rest.hasPrefix($0.rawValue) }) {
                tokens.append(.comparison(comparison))
                rest = rest.dropFirst(comparison.rawValue.count)
            } else if first == "'" || first == "\"" {
                rest.removeFirst()
                guard let end = rest.firstIndex(of: first) else {
                    throw TemplateFault("'\(source)': a text in quotes has no end")
                }
                tokens.append(.text(String(rest[..<end])))
                rest = rest[rest.index(after: end)...]
            } else {
                let end = endOfWord(rest)
                guard end > rest.startIndex else {
                    throw TemplateFault(
                        "'\(source)': '\(first)' is not expected there; use == != < <= > >= and or not ( )")
                }
                tokens.append(.word(String(rest[..<end])))
                rest = rest[end...]
            }
        }
        return tokens
    }

    /// A word goes on behind names in brackets, in which anything may stand.
    private static func endOfWord(_ text: Substring) -> Substring.Index {
        var rest = text.drop { isWordCharacter($0) }
        while rest.startIndex > text.startIndex, let bracketed = Reference.bracketed(rest) {
            rest = bracketed.rest.drop { isWordCharacter($0) }
        }
        return rest.startIndex
    }

    private static func isWordCharacter(_ character: Character) -> Bool {
        character == "." || character == "+" || character.unicodeScalars.allSatisfy(Reference.isNameScalar)
    }
}
