import LovageCore
import Testing

@testable import LovageWorkflow

@Suite struct DrawingTests {
    static let backup = WorkflowDefinition(
        name: "nightly-backup",
        steps: [
            .init(name: "inventory", kind: "backup.inventory"),
            .init(
                name: "archive", kind: "backup.archive", needs: ["inventory"],
                foreach: "${steps.inventory.result.groups}"),
            .init(name: "checksums", kind: "backup.checksums", needs: ["archive"]),
            .init(name: "restore", kind: "backup.restore", needs: ["archive"]),
            .init(name: "compare", kind: "backup.compare", needs: ["restore", "checksums"]),
            .init(name: "prune", kind: "backup.prune", needs: ["compare"], when: "${params.keep} > 0"),
            .init(
                name: "clean-up", kind: "backup.clean", needs: ["archive", "restore", "compare"], rule: .anyFailed),
            .init(name: "say \"done\"", kind: "mail", needs: ["prune", "clean-up"], rule: .allFinished),
        ])

    @Test func `the graph is drawn for a terminal`() throws {
        try expectGolden(Self.backup.drawing(width: 100), "nightly-backup.txt")
    }

    @Test func `a narrow terminal cuts the notes, never the names`() throws {
        let lines = Self.backup.drawing(width: 30).split(separator: "\n").dropFirst()
        #expect(lines.allSatisfy { $0.count <= 30 })
        #expect(lines.count == Self.backup.steps.count)
        #expect(Self.backup.drawing(width: 1).contains("clean-up"))
    }

    @Test func `wide and loose graphs are drawn`() throws {
        let diamond = WorkflowDefinition(
            name: "diamond",
            steps: [
                step("a"), step("b", needs: ["a"]), step("c", needs: ["a"]), step("d", needs: ["a"]),
                step("e", needs: ["b", "c", "d"]), step("alone"), step("alone too"), step("last", needs: ["e", "a"]),
            ])
        let wide = WorkflowDefinition(
            name: "wide", steps: (0..<40).map { step("s\($0)") } + [step("join", needs: (0..<40).map { "s\($0)" })])
        try expectGolden(diamond.drawing(width: 80) + "\n" + wide.drawing(width: 60), "shapes.txt")
    }

    @Test func `the graph is written for Graphviz`() throws {
        try expectGolden(Self.backup.dot, "nightly-backup.dot")
    }
}
