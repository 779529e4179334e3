import LovageCore
import Testing

@testable import LovageWorkflow

/// Random graphs, driven to their end in a random order, held against a naive oracle.
@Suite struct WorkflowPropertyTests {
    @Test(arguments: 0..<40)
    func `every step runs exactly when its rule and its condition say so`(batch: UInt64) throws {
        for seed in batch * 25..<batch * 25 + 25 {
            var random = SplitMix64(seed: seed)
            let definition = Self.randomDefinition(&random)
            #expect(definition.faults().isEmpty, "seed \(seed): \(definition.faults())")
            var store = try FakeStore(definition)
            while let name = store.live.randomElement(using: &random) {
                try Self.expectNoEarlyStart(of: name.step, in: store, seed)
                Self.endAtRandom(name, &store, &random)
            }
            Self.expectOutcomesByOracle(store, seed)
            #expect(store.settlements.values.allSatisfy { $0 == 1 }, "seed \(seed): a join fired twice")
            let held = definition.steps.filter { $0.foreach == nil && !$0.needs.isEmpty }.count
            #expect(store.settlements.count >= held, "seed \(seed): a step was never decided")
        }
    }

    @Test(arguments: 0..<40)
    func `a run ends whatever is cancelled and retried on the way`(batch: UInt64) throws {
        for seed in batch * 25..<batch * 25 + 25 {
            var random = SplitMix64(seed: seed ^ 0xA11CE)
            var store = try FakeStore(Self.randomDefinition(&random))
            var retries = 0
            while true {
                if retries < 6, Int.random(in: 0..<6, using: &random) == 0, let name = Self.retryable(store, &random) {
                    store.retry(name.step, name.index)
                    retries += 1
                } else if Int.random(in: 0..<60, using: &random) == 0 {
                    store.cancel("chance", cleanup: Bool.random(using: &random))
                } else if let name = store.live.randomElement(using: &random) {
                    Self.endAtRandom(name, &store, &random)
                } else {
                    break
                }
                Self.expectTalliesRight(store, seed)
            }
            #expect(store.run.outcome != nil, "seed \(seed): the run never ends: \(store.run.steps)")
            #expect(store.run.steps.allSatisfy { $0.isFinished }, "seed \(seed)")
            for (step, run) in zip(store.machine.definition.steps, store.run.steps)
            where run.state == .finished(.unreachable) && step.rule == .allSucceeded {
                let needs = step.needs.map { store.step($0).outcome }
                #expect(
                    needs.contains { $0 != .succeeded && $0 != .skipped }, "seed \(seed): \(step.name) was reachable")
            }
            #expect(store.settlements.values.allSatisfy { $0 == 1 }, "seed \(seed): a join fired twice")
        }
    }

    @Test func `a member's end reads no results until its step is over`() throws {
        var store = try FakeStore(
            WorkflowDefinition(
                name: "w", parameters: [Parameter(name: "l", type: .list)],
                steps: [
                    step("each", foreach: "${params.l}"),
                    step("x", needs: ["each"], with: ["r": "${steps.each.results}"]),
                    step("y", needs: ["each"], with: ["r": "${steps.each.results}"]), step("z", needs: ["each"]),
                ]), parameters: json("{\"l\": [\((0..<300).map { "\($0)" }.joined(separator: ","))]}"))
        for index in 0..<299 { store.end("each", at: index, result: json("1")) }
        #expect(store.reads.isEmpty)
        store.end("each", at: 299)
        #expect(store.reads == ["each": 1], "two steps that are decided together read them once")
    }

    @Test func `a chain of a thousand steps is walked to its end`() throws {
        let steps = (0..<1_000).map { step("s\($0)", needs: $0 == 0 ? [] : ["s\($0 - 1)"]) }
        let definition = WorkflowDefinition(name: "w", steps: steps)
        #expect(definition.faults().isEmpty)
        var failing = try FakeStore(definition)
        failing.end("s0", .failed(.error))
        #expect(failing.run.outcome == .failed)
        #expect(failing.step("s999").state == .finished(.unreachable))
        failing.retry("s0")
        #expect(failing.step("s999").state == .waiting)
    }

    private static func randomDefinition(_ random: inout SplitMix64) -> WorkflowDefinition {
        let count = Int.random(in: 1...12, using: &random)
        var steps: [WorkflowDefinition.Step] = []
        for position in 0..<count {
            let needs = (0..<position).filter { _ in Int.random(in: 0..<3, using: &random) == 0 }.map { "s\($0)" }
            let rule =
                needs.isEmpty
                ? .allSucceeded
                : WorkflowDefinition.NeedsRule.allCases.randomElement(using: &random) ?? .allSucceeded
            let isConditional = Int.random(in: 0..<4, using: &random) == 0
            let list = ["${params.none}", "${params.two}", nil, nil, nil].randomElement(using: &random) ?? nil
            steps.append(
                step(
                    "s\(position)", needs: needs, rule: rule,
                    when: isConditional ? needs.first.map { "steps.\($0).outcome != 'succeeded'" } : nil, foreach: list)
            )
        }
        let used = Set(steps.compactMap(\.foreach))
        return WorkflowDefinition(
            name: "random",
            parameters: [
                Parameter(name: "none", type: .list, defaultValue: []),
                Parameter(name: "two", type: .list, defaultValue: [1, 2]),
            ].filter { used.contains("${params.\($0.name)}") }, steps: steps.shuffled(using: &random))
    }

    private static func endAtRandom(
        _ name: FakeStore.Name, _ store: inout FakeStore, _ random: inout SplitMix64
    ) {
        let outcomes: [Outcome] = [
            .succeeded, .succeeded, .succeeded, .succeeded, .failed(.error), .skipped("no"), .expired,
            .cancelled(.requested("no")),
        ]
        store.end(name.step, outcomes.randomElement(using: &random) ?? .succeeded, at: name.index)
    }

    private static func retryable(_ store: FakeStore, _ random: inout SplitMix64) -> FakeStore.Name? {
        store.members.keys.sorted().filter {
            if case .ended(let outcome) = store.members[$0]?.state { outcome.isRetryableByItself } else { false }
        }.randomElement(using: &random)
    }

    private static func expectNoEarlyStart(of name: String, in store: FakeStore, _ seed: UInt64) throws {
        let step = try #require(store.machine.definition.steps.first { $0.name == name })
        #expect(step.needs.allSatisfy { store.step($0).isFinished }, "seed \(seed): \(name) started early")
    }

    private static func expectTalliesRight(_ store: FakeStore, _ seed: UInt64) {
        for run in store.run.steps {
            let ended = store.members.filter {
                if case .ended = $0.value.state { $0.key.step == run.name } else { false }
            }.count
            #expect(
                run.ended.total == ended, "seed \(seed): \(run.name) counts \(run.ended.total), \(ended) have ended")
        }
    }

    /// What should have become of every step, from the ends of its members and of the steps it needs.
    private static func expectOutcomesByOracle(_ store: FakeStore, _ seed: UInt64) {
        for step in store.machine.definition.steps {
            let needs = step.needs.map { store.step($0).outcome }
            let bad = needs.filter { $0 == .failed || $0 == .cancelled || $0 == .unreachable }.count
            let ends = store.members.filter { $0.key.step == step.name }.values.compactMap {
                if case .ended(let outcome) = $0.state { outcome.name } else { nil }
            }
            var expected: StepOutcome
            if step.rule == .allSucceeded, bad > 0 {
                expected = .unreachable
            } else if step.rule == .anyFailed, bad == 0 {
                expected = .skipped
            } else if step.when != nil, needs.first == .succeeded {
                expected = .skipped
            } else if step.foreach == "${params.none}" {
                expected = .skipped
            } else {
                #expect(ends.count == (step.foreach == nil ? 1 : 2), "seed \(seed): \(step.name)")
                expected = ends.contains(.succeeded) ? .succeeded : .skipped
                if ends.contains(.cancelled) { expected = .cancelled }
                if ends.contains(.failed) || ends.contains(.expired) { expected = .failed }
            }
            #expect(store.step(step.name).state == .finished(expected), "seed \(seed): \(step.name)")
        }
        let outcomes = store.run.steps.map(\.outcome)
        let expected: WorkflowOutcome =
            outcomes.contains(.failed) ? .failed : outcomes.contains(.cancelled) ? .cancelled : .succeeded
        #expect(store.run.outcome == expected, "seed \(seed)")
    }
}
