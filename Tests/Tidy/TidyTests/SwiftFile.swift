/// A Swift file, as written and with its comments and texts blanked out.
struct SwiftFile {
    /// Relative to the root, such as `Sources/Domain/LovageCore/Job/Job.swift`.
    let path: String
    let lines: [String]
    /// The same lines without comments and without the contents of string literals.
    let code: [String]

    init(path: String) { self.init(path: path, text: Tree.text(of: path)) }

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var blanker = Blanker(text: Array(text))
        code = blanker.code().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    var name: String { String(path.split(separator: "/").last ?? "") }

    /// `Domain` of `Sources/Domain/LovageCore/…`.
    var group: String { component(1) }

    /// `LovageCore` of `Sources/Domain/LovageCore/…`; the umbrella has no group and is its own module.
    var module: String { group == "Lovage" ? group : component(2) }

    /// The modules it imports, with the number of the line.
    var imports: [(module: String, line: Int)] {
        code.enumerated().compactMap { index, line in
            let words = line.split(separator: " ").map(String.init)
            guard let position = words.firstIndex(of: "import"), position + 1 < words.count,
                words[..<position].allSatisfy({ $0.hasPrefix("@") || Self.accessLevels.contains($0) })
            else { return nil }
            // `import struct Foundation.Data` names the module after the kind of declaration.
            let named = Self.declarationKinds.contains(words[position + 1]) ? words.last ?? "" : words[position + 1]
            return (String(named.prefix { $0 != "." }), index + 1)
        }
    }

    private func component(_ index: Int) -> String {
        let parts = path.split(separator: "/")
        return index < parts.count ? String(parts[index]) : ""
    }

    private static let accessLevels: Set = ["public", "package", "internal", "fileprivate", "private"]
    private static let declarationKinds: Set = [
        "struct", "class", "enum", "protocol", "func", "var", "let", "typealias", "actor",
    ]
}

/// Replaces comments and the contents of string literals by spaces; line ends stay. Code inside `\(…)` stays too.
private struct Blanker {
    let text: [Character]
    private var position = 0
    private var output = ""

    init(text: [Character]) { self.text = text }

    mutating func code() -> String {
        scanCode(untilClosing: false)
        return output
    }

    private func starts(with word: String) -> Bool {
        let end = position + word.count
        return end <= text.count && String(text[position..<end]) == word
    }

    private mutating func keep() {
        output.append(text[position])
        position += 1
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where position < text.count {
            output.append(text[position].isNewline ? "\n" : " ")
            position += 1
        }
    }

    private mutating func scanCode(untilClosing: Bool) {
        var depth = 0
        while position < text.count {
            if starts(with: "//") {
                while position < text.count, !text[position].isNewline { blank() }
            } else if starts(with: "/*") {
                scanBlockComment()
            } else if let hashes = hashesBeforeQuote() {
                scanString(hashes: hashes)
            } else {
                if text[position] == "(" { depth += 1 }
                if text[position] == ")" { depth -= 1 }
                if untilClosing, depth < 0 { return }
                keep()
            }
        }
    }

    private mutating func scanBlockComment() {
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1
                blank(2)
            } else if starts(with: "*/") {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && position < text.count
    }

    /// How many `#` stand before a quotation mark here; nil when no string begins.
    private func hashesBeforeQuote() -> Int? {
        var end = position
        while end < text.count, text[end] == "#" { end += 1 }
        return end < text.count && text[end] == "\"" ? end - position : nil
    }

    private mutating func scanString(hashes: Int) {
        let marks = String(repeating: "#", count: hashes)
        blank(hashes)
        let quote = starts(with: "\"\"\"") ? "\"\"\"" : "\""
        blank(quote.count)
        while position < text.count, !starts(with: quote + marks) {
            if starts(with: "\\" + marks + "(") {
                blank(hashes + 2)
                scanCode(untilClosing: true)
                blank()
            } else if starts(with: "\\" + marks) {
                blank(hashes + 2)
            } else {
                blank()
            }
        }
        blank(quote.count + hashes)
    }
}
