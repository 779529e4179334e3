import LovageCore
import Testing

@testable import LovageWorkflow

/// The rules, as a table written by hand: what becomes of a step, by how the two steps it needs ended.
@Suite struct NeedsRuleTests {
    /// One word for each pair, in the order succeeded, skipped, failed, cancelled, unreachable on both sides.
    static let table: [(rule: WorkflowDefinition.NeedsRule, rows: [String])] = [
        (
            .allSucceeded,
            [
                "run         run         unreachable unreachable unreachable",
                "run         run         unreachable unreachable unreachable",
                "unreachable unreachable unreachable unreachable unreachable",
                "unreachable unreachable unreachable unreachable unreachable",
                "unreachable unreachable unreachable unreachable unreachable",
            ]
        ),
        (
            .allFinished,
            [
                "run         run         run         run         run",
                "run         run         run         run         run",
                "run         run         run         run         run",
                "run         run         run         run         run",
                "run         run         run         run         run",
            ]
        ),
        (
            .anyFailed,
            [
                "skipped     skipped     run         run         run",
                "skipped     skipped     run         run         run",
                "run         run         run         run         run",
                "run         run         run         run         run",
                "run         run         run         run         run",
            ]
        ),
    ]
    static let outcomes: [StepOutcome] = [.succeeded, .skipped, .failed, .cancelled, .unreachable]

    @Test(arguments: WorkflowDefinition.NeedsRule.allCases, [true, false])
    func `the rule decides by how both needs ended`(rule: WorkflowDefinition.NeedsRule, isForeach: Bool) throws {
        let rows = try #require(Self.table.first { $0.rule == rule }).rows
        for (first, row) in zip(Self.outcomes, rows) {
            for (second, expected) in zip(Self.outcomes, row.split(separator: " ")) {
                for isSecondFirst in [true, false] {
                    let given = try outcome(rule, first, second, isForeach: isForeach, isSecondFirst)
                    #expect(given == expected, "\(rule) after \(first) and \(second)")
                }
            }
        }
    }

    private func outcome(
        _ rule: WorkflowDefinition.NeedsRule, _ first: StepOutcome, _ second: StepOutcome, isForeach: Bool,
        _ isSecondFirst: Bool
    ) throws -> String {
        var store = try FakeStore(
            WorkflowDefinition(
                name: "w", parameters: [Parameter(name: "l", type: .list, defaultValue: [1])],
                steps: [
                    step("breaks"), step("a", needs: first == .unreachable ? ["breaks"] : []),
                    step("b", needs: second == .unreachable ? ["breaks"] : []),
                    step("x", needs: ["a", "b"], rule: rule, foreach: isForeach ? "${params.l}" : nil),
                ]))
        let ends = isSecondFirst ? [("b", second), ("a", first)] : [("a", first), ("b", second)]
        for (name, outcome) in ends where outcome != .unreachable {
            #expect(store.step("x").state == .waiting)
            store.end(name, Self.jobOutcome(outcome), at: 0)
        }
        if first == .unreachable || second == .unreachable { store.end("breaks", .failed(.error)) }
        switch store.step("x").state {
        case .waiting: return "waiting"
        case .running: return "run"
        case .finished(let outcome): return outcome.rawValue
        }
    }

    private static func jobOutcome(_ outcome: StepOutcome) -> Outcome {
        switch outcome {
        case .succeeded: .succeeded
        case .skipped: .skipped("nothing to do")
        case .failed: .failed(.error)
        case .cancelled: .cancelled(.requested(""))
        case .unreachable: .cancelled(.unreachable(step: "breaks"))
        }
    }

    @Test func `a step ends by its worst member`() throws {
        let expected: [([Outcome], StepOutcome)] = [
            ([.succeeded, .skipped("")], .succeeded), ([.skipped(""), .skipped("")], .skipped),
            ([.succeeded, .failed(.error)], .failed), ([.expired, .cancelled(.requested(""))], .failed),
            ([.cancelled(.requested("")), .succeeded], .cancelled), ([.succeeded, .succeeded], .succeeded),
        ]
        for (members, outcome) in expected {
            var store = try FakeStore(
                WorkflowDefinition(
                    name: "w", parameters: [Parameter(name: "l", type: .list, defaultValue: [1, 2])],
                    steps: [step("each", foreach: "${params.l}")]))
            for (index, member) in members.enumerated() { store.end("each", member, at: index) }
            #expect(store.step("each").state == .finished(outcome), "\(members)")
        }
    }
}
