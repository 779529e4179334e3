package import LovageCore

/// A text in which `${…}` is replaced; `$${` stands for `${` itself.
///
/// A text that is one `${…}` and nothing else keeps the type of what it reads. Inside a longer text a string goes in as
/// it is and everything else as compact JSON.
public struct Template: Sendable, Hashable {
    /// As it was written.
    public let source: String
    let pieces: [Piece]

    enum Piece: Sendable, Hashable {
        case text(String)
        case reference(Reference)
        /// `${args.list...}`: each element of a list is one argument of a command.
        case spread(Reference)
    }

    /// Reads a template.
    public init(parsing source: String) throws(TemplateFault) {
        self.source = source
        var pieces: [Piece] = []
        var text = ""
        var rest = source[...]
        while let dollar = rest.firstIndex(of: "$") {
            text += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                text += "${"
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                guard let end = Self.end(of: rest) else {
                    throw TemplateFault("'\(rest.prefix(40))' has no closing }; write $${ for the text ${ itself")
                }
                if !text.isEmpty { pieces.append(.text(text)) }
                text = ""
                pieces.append(try Self.piece(String(rest[rest.index(rest.startIndex, offsetBy: 2)..<end])))
                rest = rest[rest.index(after: end)...]
            } else {
                text += "$"
                rest = rest.dropFirst()
            }
        }
        text += rest
        if !text.isEmpty { pieces.append(.text(text)) }
        self.pieces = pieces
    }

    /// Where the expression ends that `text` begins with: at the first `}` that stands in no quoted name.
    private static func end(of text: Substring) -> Substring.Index? {
        var rest = text
        while let first = rest.first {
            if first == "}" { return rest.startIndex }
            rest = Reference.bracketed(rest)?.rest ?? rest.dropFirst()
        }
        return nil
    }

    private static func piece(_ expression: String) throws(TemplateFault) -> Piece {
        let expression = expression.trimmed
        if expression.hasSuffix("...") { return .spread(try Reference(parsing: String(expression.dropLast(3)))) }
        return .reference(try Reference(parsing: expression))
    }

    /// What it reads, in order.
    public var references: [Reference] {
        pieces.compactMap {
            switch $0 {
            case .text: nil
            case .reference(let reference), .spread(let reference): reference
            }
        }
    }

    /// The list it spreads, when it is one `${….…...}` and nothing else.
    var spread: Reference? {
        if pieces.count == 1, case .spread(let reference) = pieces[0] { reference } else { nil }
    }

    /// What it reads at its very beginning; nil when it begins with a text of its own.
    var leading: Reference? {
        switch pieces.first {
        case .reference(let reference), .spread(let reference): reference
        case .text, nil: nil
        }
    }

    /// True when it spreads a list in a place that cannot hold one.
    var hasMisplacedSpread: Bool {
        spread == nil && pieces.contains { if case .spread = $0 { true } else { false } }
    }

    /// Its value: of any type when it is one `${…}`, else a text.
    package func value(in scope: TemplateScope) throws(TemplateFault) -> JSONValue {
        if pieces.count == 1, case .reference(let reference) = pieces[0] { return try scope.value(of: reference) }
        return .string(try text(in: scope))
    }

    /// Its value as a text; null is empty.
    package func text(in scope: TemplateScope) throws(TemplateFault) -> String {
        var result = ""
        for piece in pieces {
            switch piece {
            case .text(let text): result += text
            case .reference(let reference): result += try scope.value(of: reference).asText
            case .spread(let reference):
                throw TemplateFault("'${\(reference.source)...}' must be a whole argument of a command")
            }
        }
        return result
    }
}

/// A JSON value whose strings are templates; keys are not.
package struct ValueTemplate: Sendable {
    private indirect enum Node: Sendable {
        case constant(JSONValue)
        case template(Template)
        case array([Node])
        case object([(String, Node)])
    }

    private let node: Node
    /// What it reads, in order.
    package let references: [Reference]

    /// Reads every string in `value`.
    package init(parsing value: JSONValue) throws(TemplateFault) {
        var references: [Reference] = []
        node = try Self.parse(value, &references)
        self.references = references
    }

    private static func parse(_ value: JSONValue, _ references: inout [Reference]) throws(TemplateFault) -> Node {
        switch value {
        case .null, .bool, .number: return .constant(value)
        case .string(let text):
            let template = try Template(parsing: text)
            if template.hasMisplacedSpread || template.spread != nil {
                throw TemplateFault("'\(text)': only an argument of a command can spread a list")
            }
            references += template.references
            return .template(template)
        case .array(let elements):
            var nodes: [Node] = []
            for element in elements { nodes.append(try parse(element, &references)) }
            return .array(nodes)
        case .object(let members):
            var nodes: [(String, Node)] = []
            for member in members { nodes.append((member.key, try parse(member.value, &references))) }
            return .object(nodes)
        }
    }

    /// The value with every template worked out.
    package func value(in scope: TemplateScope) throws(TemplateFault) -> JSONValue {
        try Self.value(of: node, in: scope)
    }

    private static func value(of node: Node, in scope: TemplateScope) throws(TemplateFault) -> JSONValue {
        switch node {
        case .constant(let value): return value
        case .template(let template): return try template.value(in: scope)
        case .array(let nodes):
            var elements: [JSONValue] = []
            for node in nodes { elements.append(try value(of: node, in: scope)) }
            return .array(elements)
        case .object(let nodes):
            var members: [JSONMember] = []
            for (key, node) in nodes { members.append(JSONMember(key, try value(of: node, in: scope))) }
            return .object(members)
        }
    }
}

extension JSONValue {
    /// Inside a longer text: a string as it is, null as nothing, everything else as compact JSON.
    var asText: String {
        switch self {
        case .null: ""
        case .string(let text): text
        case .bool, .number, .array, .object: text().string
        }
    }
}
