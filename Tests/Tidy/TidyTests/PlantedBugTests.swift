import Foundation
import Testing

/// The bugs of `Tests/Mutants` still fit the sources: each text they replace stands there exactly once. Whoever changes a
/// guard changes its entry; `scripts/mutants` plants them and lets each be hunted.
struct PlantedBugTests {
    @Test func `every planted bug still applies`() {
        let bugs = Tree.files(under: "Tests/Mutants", suffix: ".txt").flatMap { PlantedBug.list(Tree.text(of: $0)) }
        #expect(bugs.count >= 40, "the list has lost its bugs")
        #expect(Set(bugs.map(\.name)).count == bugs.count, "two bugs have one name")
        for bug in bugs {
            #expect(!bug.edits.isEmpty, "\(bug.name) changes nothing")
            for edit in bug.edits {
                #expect(edit.new.contains { $0.contains("mutant") }, "\(bug.name) cannot be switched on")
                let count = edit.count(in: Tree.text(of: edit.path))
                #expect(count == 1, "\(bug.name): '\(edit.old.first ?? "")' stands \(count) times in \(edit.path)")
            }
        }
    }

    @Test func `a text is found over several lines, whatever their indentation`() {
        let edit = PlantedBug.Edit(path: "", old: ["a {", "b"])
        #expect(edit.count(in: "  a {\n      b\n  }") == 1)
        #expect(edit.count(in: "a {\n c\n b") == 0)
        #expect(edit.count(in: "a {\nb\na {\n\tb") == 2)
        #expect(PlantedBug.Edit(path: "", old: []).count(in: "a") == 0)
    }

    @Test func `an entry is read as it is written`() {
        let bugs = PlantedBug.list(
            "# none\n\none: It is wrong.\n@ A.swift\n- x\n- y\n+ mutant\n@ B.swift\n- z\n+ mutant\n")
        #expect(bugs.map(\.name) == ["one"])
        #expect(bugs.first?.edits.map(\.path) == ["A.swift", "B.swift"])
        #expect(bugs.first?.edits.first?.old == ["x", "y"])
    }
}

/// One entry of a list.
struct PlantedBug {
    let name: String
    var edits: [Edit] = []

    /// One change of one file.
    struct Edit {
        let path: String
        var old: [String] = []
        var new: [String] = []

        /// How often the old text stands in `source`.
        func count(in source: String) -> Int {
            guard let first = old.first else { return 0 }
            let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            if old.count == 1 { return lines.reduce(0) { $0 + $1.components(separatedBy: first).count - 1 } }
            return lines.indices.count { start in
                guard start + old.count <= lines.count, lines[start].hasSuffix(first) else { return false }
                let middle = zip(lines[(start + 1)...], old.dropFirst().dropLast()).allSatisfy { $0 == $1 }
                return middle && lines[start + old.count - 1].hasPrefix(old[old.count - 1])
            }
        }
    }

    static func list(_ text: String) -> [PlantedBug] {
        var bugs: [PlantedBug] = []
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let rest = line.dropFirst(2).trimmingCharacters(in: .whitespaces)
            if line.hasPrefix("@ "), !bugs.isEmpty {
                bugs[bugs.count - 1].edits.append(Edit(path: rest))
            } else if line.hasPrefix("- "), let last = lastEdit(in: bugs) {
                bugs[last.bug].edits[last.edit].old.append(rest)
            } else if line.hasPrefix("+ "), let last = lastEdit(in: bugs) {
                bugs[last.bug].edits[last.edit].new.append(rest)
            } else {
                bugs.append(PlantedBug(name: String(line.prefix { $0 != ":" })))
            }
        }
        return bugs
    }

    private static func lastEdit(in bugs: [PlantedBug]) -> (bug: Int, edit: Int)? {
        guard let last = bugs.last, !last.edits.isEmpty else { return nil }
        return (bugs.count - 1, last.edits.count - 1)
    }
}
