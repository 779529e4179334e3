import Foundation
import Testing

/// The pages hang together: every link leads somewhere, and every page is reached from the README.
struct PageTests {
    @Test func `every relative link leads to a file`() {
        for page in Tree.pages {
            for link in Self.links(in: page) {
                #expect(Tree.exists(link.target), "\(page):\(link.line): '\(link.target)' does not exist")
            }
        }
    }

    @Test func `every page is reached from the README`() {
        var reached: Set = ["README.md"]
        var open = ["README.md"]
        while let page = open.popLast() {
            for link in Self.links(in: page) where link.target.hasSuffix(".md") && reached.insert(link.target).inserted
            {
                open.append(link.target)
            }
        }
        for page in Tree.pages where page.hasPrefix("docs/") || page.hasPrefix("Examples/") {
            #expect(reached.contains(page), "\(page) is linked from nowhere that a reader of the README gets to")
        }
    }

    @Test func `links are read from text and not from code`() {
        let links = Self.links(
            in: "docs/guides/a.md",
            text: """
                See [one](../b.md#part), [two](c.md) and [web](https://swift.org).
                ```
                [three](d.md)
                ```
                A call `f[x](e.md)` and [here](#there).
                """)
        #expect(links.map(\.target) == ["docs/b.md", "docs/guides/c.md"])
        #expect(links.map(\.line) == [1, 1])
    }

    struct Link {
        /// Relative to the root.
        let target: String
        let line: Int
    }

    static func links(in page: String, text: String? = nil) -> [Link] {
        let folder = page.split(separator: "/").dropLast().map(String.init)
        var links: [Link] = []
        var isCode = false
        let lines = (text ?? Tree.text(of: page)).split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if line.trimmingCharacters(in: .whitespaces).hasPrefix("```") { isCode.toggle() }
            if isCode { continue }
            for target in destinations(in: withoutCodeSpans(String(line))) {
                links.append(Link(target: resolve(target, from: folder), line: index + 1))
            }
        }
        return links
    }

    /// What stands in `](…)`, without links to the web and to places on the same page.
    private static func destinations(in line: String) -> [String] {
        line.components(separatedBy: "](").dropFirst().compactMap { rest in
            guard let end = rest.firstIndex(of: ")") else { return nil }
            let target = String(rest[..<end].prefix { $0 != "#" })
            return target.isEmpty || target.contains("://") || target.hasPrefix("mailto:") ? nil : target
        }
    }

    private static func withoutCodeSpans(_ line: String) -> String {
        line.components(separatedBy: "`").enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element).joined()
    }

    private static func resolve(_ target: String, from folder: [String]) -> String {
        var parts = folder
        for part in target.split(separator: "/") {
            switch part {
            case ".": continue
            case "..": _ = parts.popLast()
            default: parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }
}
