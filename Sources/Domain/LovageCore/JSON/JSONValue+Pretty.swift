extension JSONValue {
    /// The value for people: one element or member a line, each level indented by `indent` spaces, 2 unless said.
    /// Empty containers stay `[]` and `{}`.
    public func pretty(indent: Int = 2) -> String {
        var lines = ""
        appendPretty(to: &lines, indent: indent, level: 0)
        return lines
    }

    private func appendPretty(to lines: inout String, indent: Int, level: Int) {
        switch self {
        case .array(let elements) where !elements.isEmpty:
            Self.appendBlock("[", elements, "]", to: &lines, indent: indent, level: level) { element, lines in
                element.appendPretty(to: &lines, indent: indent, level: level + 1)
            }
        case .object(let members) where !members.isEmpty:
            Self.appendBlock("{", members, "}", to: &lines, indent: indent, level: level) { member, lines in
                lines += JSONValue.string(member.key).text().string + ": "
                member.value.appendPretty(to: &lines, indent: indent, level: level + 1)
            }
        case .null, .bool, .number, .string, .array, .object:
            lines += text().string
        }
    }

    private static func appendBlock<Item>(
        _ opening: String, _ items: [Item], _ closing: String, to lines: inout String, indent: Int, level: Int,
        append: (Item, inout String) -> Void
    ) {
        let newline = "\n" + String(repeating: " ", count: indent * level)
        let inner = newline + String(repeating: " ", count: indent)
        lines += opening
        for (index, item) in items.enumerated() {
            lines += index == 0 ? inner : "," + inner
            append(item, &lines)
        }
        lines += newline + closing
    }
}
