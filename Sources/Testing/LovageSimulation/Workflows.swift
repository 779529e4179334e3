import LovageCore
import LovageWorkflow

/// The workflows of a world: a chain, a fan-out that joins, one with a failure branch, and one whose steps are equal to
/// each other's and to those of its other runs.
enum Workflows {
    static let definitions: [WorkflowDefinition] = [
        WorkflowDefinition(
            name: "chain",
            steps: [
                step("first"), step("second", needs: ["first"], arguments: ["from": "${steps.first.result}"]),
                step("third", needs: ["second"], retries: 2),
            ],
            outputs: [JSONMember("last", "${steps.third.result}")]),
        WorkflowDefinition(
            name: "fan",
            steps: [
                step("list", retries: 3),
                WorkflowDefinition.Step(
                    name: "each", kind: Jobs.step, needs: ["list"], foreach: "${steps.list.result.items}",
                    arguments: ["item": "${item}"], overrides: WorkflowDefinition.Overrides(retries: 2)),
                step("join", needs: ["each"]),
                // Behind the list and behind what comes of it, so that a failure reaches it twice.
                step("audit", needs: ["list", "each"]),
                step("after", needs: ["join", "list"]),
            ]),
        WorkflowDefinition(
            name: "branch",
            steps: [
                step("left"), step("right"), step("both", needs: ["left", "right"]),
                step("cleanup", needs: ["both"], rule: .anyFailed),
                step("always", needs: ["both", "cleanup"], rule: .allFinished),
                step("only", needs: ["left"], rule: .allFinished, when: "steps.left.outcome == 'failed'"),
            ]),
        WorkflowDefinition(
            name: "shared",
            steps: [
                shared("one"), step("list"),
                shared("each", needs: ["list"], foreach: "${steps.list.result.items}"),
                step("after", needs: ["one", "each"]),
            ]),
    ]

    /// A step that is merged into whatever else of it is not over.
    private static func shared(_ name: String, needs: [String] = [], foreach: String? = nil) -> WorkflowDefinition.Step
    {
        WorkflowDefinition.Step(
            name: name, kind: Jobs.step, needs: needs, foreach: foreach, arguments: ["shared": 1],
            overrides: WorkflowDefinition.Overrides(
                retries: 1, backoff: .fixed(.milliseconds(20)), unique: .by(.allArguments)))
    }

    private static func step(
        _ name: String, needs: [String] = [], rule: WorkflowDefinition.NeedsRule = .allSucceeded, when: String? = nil,
        arguments: JSONValue = .object([]), retries: Int = 0
    ) -> WorkflowDefinition.Step {
        WorkflowDefinition.Step(
            name: name, kind: Jobs.step, needs: needs, rule: rule, when: when, arguments: arguments,
            overrides: WorkflowDefinition.Overrides(retries: retries, backoff: .fixed(.milliseconds(20))))
    }
}
