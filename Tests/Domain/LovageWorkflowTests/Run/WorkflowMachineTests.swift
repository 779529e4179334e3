import LovageCore
import Testing

@testable import LovageWorkflow

@Suite struct WorkflowMachineTests {
    @Test func `roots run at once and everything else is held`() throws {
        let store = try FakeStore(
            WorkflowDefinition(
                name: "w", parameters: [Parameter(name: "source", defaultValue: "/tmp")],
                steps: [step("b", needs: ["a"]), step("a", with: ["from": "${params.source}"])]))
        #expect(store.live.map(\.step) == ["a"])
        #expect(store.arguments("a") == #"{"from":"/tmp"}"#)
        #expect(store.members[.init(step: "b", index: 0)]?.state == .held)
        #expect(store.step("a").members == 1)
        #expect(store.step("b").members == 0)
        #expect(store.run.outcome == nil)
    }

    @Test func `a step gets the result of what it needs`() throws {
        var store = try FakeStore(
            WorkflowDefinition(
                name: "w",
                steps: [
                    step("a"),
                    step("b", needs: ["a"], with: ["n": "${steps.a.result.n}", "t": "n=${steps.a.result.n}"]),
                ],
                outputs: [JSONMember("n", "${steps.b.result.n}"), JSONMember("gone", "${steps.b.result.gone}")]))
        store.end("a", result: json(#"{"n": 7}"#))
        #expect(store.arguments("b") == #"{"n":7,"t":"n=7"}"#)
        #expect(store.reads == ["a": 1])
        store.end("b", result: json(#"{"n": 8}"#))
        #expect(store.run.outcome == .succeeded)
        #expect(store.run.finished == store.now)
        #expect(store.run.outputs?.string == #"{"n":8,"gone":null}"#)
    }

    @Test func `foreach makes one job for each element, and its join fires after the last`() throws {
        var store = try FakeStore(
            WorkflowDefinition(
                name: "w",
                steps: [
                    step("list"),
                    step(
                        "each", needs: ["list"], foreach: "${steps.list.result}",
                        with: ["p": "${item.p}", "i": "${index}"]),
                    step("join", needs: ["each"], with: ["all": "${steps.each.results}"]),
                ]))
        #expect(!store.members.keys.contains { $0.step == "each" })
        store.end("list", result: json(#"[{"p":"x"},{"p":"y"},{"p":"z"}]"#))
        #expect(store.arguments("each", 1) == #"{"p":"y","i":1}"#)
        store.end("each", at: 2, result: json("3"))
        store.end("each", .skipped("empty"), at: 0)
        #expect(store.step("each").ended.total == 2)
        #expect(store.members[.init(step: "join", index: 0)]?.state == .held)
        store.end("each", at: 1, result: json("2"))
        #expect(store.arguments("join") == #"{"all":[null,2,3]}"#)
        #expect(store.reads == ["list": 1, "each": 1])
        store.end("join")
        #expect(store.run.outcome == .succeeded)
    }

    @Test(arguments: ["[]", "null"])
    func `a foreach over nothing is skipped and what needs it runs`(list: String) throws {
        var store = try FakeStore(
            WorkflowDefinition(
                name: "w",
                steps: [
                    step("list"), step("each", needs: ["list"], foreach: "${steps.list.result}"),
                    step("more", needs: ["each"], foreach: "${steps.each.results}"), step("join", needs: ["more"]),
                ]))
        store.end("list", result: json(list))
        #expect(store.step("each").state == .finished(.skipped))
        #expect(store.step("each").reason == "the list is empty")
        #expect(store.live.map(\.step) == ["join"])
    }

    @Test func `a foreach needs a list of at most 10 000 elements`() throws {
        let definition = WorkflowDefinition(
            name: "w", parameters: [Parameter(name: "l", type: .any)],
            steps: [step("each", foreach: "${params.l}"), step("join", needs: ["each"])])
        let text = try FakeStore(definition, parameters: json(#"{"l": "x"}"#))
        #expect(text.step("each").reason == "foreach needs a list, but '${params.l}' is the text 'x'")
        #expect(text.step("join").reason == "it needs each, which failed")
        #expect(text.run.outcome == .failed)
        let most = try FakeStore(definition, parameters: json(#"{"l": [\#(list(10_000))]}"#))
        #expect(most.step("each").members == 10_000)
        let tooMany = try FakeStore(definition, parameters: json(#"{"l": [\#(list(10_001))]}"#))
        #expect(
            tooMany.step("each").reason
                == "the list of foreach has 10001 elements, and a step may have at most 10000 members")
    }

    private func list(_ count: Int) -> String { (0..<count).map { "\($0)" }.joined(separator: ",") }

    @Test func `a false condition skips, with the condition as the reason`() throws {
        var store = try FakeStore(
            WorkflowDefinition(
                name: "w", parameters: [Parameter(name: "keep", type: .integer, defaultValue: 1)],
                steps: [
                    step("a", when: "${params.keep} > 1"),
                    step("b", needs: ["a"], when: "steps.a.outcome == 'skipped'"),
                ]))
        #expect(store.step("a").state == .finished(.skipped))
        #expect(store.step("a").reason == "its condition is false: ${params.keep} > 1")
        #expect(store.live.map(\.step) == ["b"])
        store.end("b", .skipped("nothing"))
        #expect(store.run.outcome == .succeeded)
    }

    @Test func `arguments that cannot be worked out fail the step without running it`() throws {
        var store = try FakeStore(
            WorkflowDefinition(
                name: "w", steps: [step("a"), step("b", needs: ["a"], with: ["n": "${steps.a.result.cuont}"])]))
        store.end("a", result: json(#"{"count": 7}"#))
        #expect(store.step("b").state == .finished(.failed))
        #expect(store.step("b").reason == "'steps.a.result.cuont': there is no 'cuont'; did you mean 'count'?")
        #expect(store.run.outcome == .failed)
    }

    @Test func `one argument too large for a job fails the step`() throws {
        var store = try FakeStore(
            WorkflowDefinition(
                name: "w",
                steps: [
                    step("a"),
                    step("b", needs: ["a"], foreach: "${steps.a.result.list}", with: ["all": "${steps.a.result.blob}"]),
                ]))
        let blob = String(repeating: "x", count: 1 << 16)
        store.end("a", result: json(#"{"blob": "\#(blob)", "list": [\#(list(2_000))]}"#))
        #expect(store.step("b").reason?.contains("64 MiB together") == true)
    }

    @Test func `a cancelled run cleans up once its members have ended, and ends with that`() throws {
        let definition = WorkflowDefinition(
            name: "w",
            steps: [
                step("a"), step("b", needs: ["a"]), step("all", needs: ["b"], rule: .allFinished),
                step("clean", needs: ["b"], rule: .anyFailed), step("tell", needs: ["clean", "a"], rule: .allFinished),
            ])
        var store = try FakeStore(definition)
        store.end("a")
        store.cancel("wrong day")
        #expect(store.live.map(\.step) == ["clean"])
        #expect(store.step("all").state == .finished(.cancelled))
        #expect(store.run.outcome == nil)
        let run = store.run
        store.cancel("again")
        #expect(store.run == run, "a second cancel does not end what cleans up")
        store.end("clean")
        store.end("tell")
        #expect(store.run.outcome == .cancelled)
        #expect(store.settlements.values.allSatisfy { $0 == 1 })

        var second = try FakeStore(definition)
        second.cancel("wrong day")
        second.cancel("at once", cleanup: false)
        #expect(second.live.isEmpty)
        #expect(second.run.outcome == .cancelled)
        #expect(second.run.cancelled == "wrong day")
    }

    @Test func `a failure branch that runs is not ended by a cancel of its run`() throws {
        var store = try FakeStore(
            WorkflowDefinition(
                name: "w", steps: [step("a"), step("slow"), step("clean", needs: ["a"], rule: .anyFailed)]))
        store.end("a", .failed(.error))
        store.cancel("enough")
        #expect(store.live.map(\.step) == ["clean"])
        store.end("clean")
        #expect(store.run.outcome == .cancelled)
    }

    @Test func `cancelling without cleanup ends every job and every step, and nothing starts any more`() throws {
        var store = try FakeStore(
            WorkflowDefinition(
                name: "w",
                steps: [
                    step("a"), step("b", needs: ["a"]), step("each", needs: ["a"], foreach: "${steps.a.result}"),
                    step("clean", needs: ["b", "each"], rule: .anyFailed),
                    step("end", needs: ["clean"], rule: .allFinished),
                ]))
        store.cancel("wrong day", cleanup: false)
        #expect(store.live.isEmpty)
        #expect(store.run.outcome == .cancelled)
        #expect(store.run.steps.allSatisfy { $0.state == .finished(.cancelled) })
        #expect(store.step("each").reason == "the run was cancelled: wrong day")
        let run = store.run
        store.cancel("again")
        #expect(store.run == run)
    }

    @Test func `a retry of a failed step brings back what could not be reached, once`() throws {
        var store = try FakeStore(
            WorkflowDefinition(
                name: "w",
                steps: [
                    step("a"), step("b", needs: ["a"]), step("c", needs: ["b"], foreach: "${steps.b.result}"),
                    step("d", needs: ["c"]), step("clean", needs: ["a"], rule: .anyFailed),
                    step("after", needs: ["clean", "a"]),
                ]))
        store.end("a", .failed(.error))
        store.end("clean")
        #expect(store.run.outcome == .failed)
        #expect(store.step("d").state == .finished(.unreachable))
        #expect(store.step("d").reason == "it needs c, which could not be reached")
        store.retry("a")
        #expect(store.run.outcome == nil)
        #expect(store.run.finished == nil)
        #expect(["b", "c", "d", "clean", "after"].allSatisfy { store.step($0).state == .waiting })
        store.end("a")
        store.end("b", result: json("[1]"))
        store.end("c")
        store.end("d")
        store.end("after")
        #expect(store.run.outcome == .succeeded)
        #expect(store.settlements.values.allSatisfy { $0 == 1 })
    }

    @Test func `a retry decides again what failed before it could run`() throws {
        var store = try FakeStore(
            WorkflowDefinition(
                name: "w",
                steps: [
                    step("list"), step("each", needs: ["list"], foreach: "${steps.list.result}"),
                    step("one", needs: ["list"], with: ["n": "${steps.list.result.0}"]),
                ]))
        store.end("list", result: json("7"))
        #expect(store.step("each").state == .finished(.failed))
        #expect(store.step("one").state == .finished(.failed))
        store.retry("list")
        #expect(store.step("each").state == .waiting)
        store.end("list", result: json("[1]"))
        store.end("each")
        store.end("one")
        #expect(store.run.outcome == .succeeded)
    }

    @Test func `a retry does not go through a step that ran because all was well`() throws {
        var store = try FakeStore(
            WorkflowDefinition(name: "w", steps: [step("a"), step("b", needs: ["a"]), step("c", needs: ["b"])]))
        store.end("a")
        store.end("b")
        store.end("c", .failed(.error))
        store.retry("a")
        #expect(store.step("b").state == .finished(.succeeded))
        #expect(store.step("c").state == .finished(.failed))
        store.end("a")
        #expect(store.run.outcome == .failed)
    }

    @Test func `a failure branch runs again when what failed is retried and fails again, with all behind it`() throws {
        var store = try FakeStore(
            WorkflowDefinition(
                name: "w",
                steps: [step("a"), step("clean", needs: ["a"], rule: .anyFailed), step("tell", needs: ["clean"])]))
        store.end("a", .failed(.timedOut))
        store.end("clean")
        store.end("tell")
        store.retry("a")
        #expect(["clean", "tell"].allSatisfy { store.step($0).state == .waiting })
        store.end("a", .failed(.timedOut))
        #expect(store.live.map(\.step) == ["clean"])
        store.end("clean", .failed(.error))
        #expect(store.step("tell").state == .finished(.unreachable))
        store.retry("a")
        store.end("a")
        #expect(store.step("clean").state == .finished(.skipped))
        store.end("tell")
        #expect(store.run.outcome == .succeeded)
        #expect(store.settlements.values.allSatisfy { $0 == 1 })
    }

    @Test func `a failure branch that runs while what failed is retried ends first, and is then decided again`() throws
    {
        let definition = WorkflowDefinition(
            name: "w", steps: [step("a"), step("clean", needs: ["a"], rule: .anyFailed)])
        for end in [Outcome.failed(.error), .succeeded] {
            var store = try FakeStore(definition)
            store.end("a", .failed(.error))
            store.retry("a")
            #expect(store.step("clean").state == .running)
            store.end("a", end)
            #expect(store.run.outcome == nil)
            store.end("clean")
            if end == .succeeded {
                #expect(store.step("clean").state == .finished(.skipped))
                #expect(store.run.outcome == .succeeded)
            } else {
                #expect(store.live.map(\.step) == ["clean"])
                store.end("clean")
                #expect(store.step("clean").reason == nil)
                #expect(store.run.outcome == .failed)
            }
        }
    }

    @Test func `a failure branch that a retry overtook stays called off when somebody calls it off`() throws {
        var store = try FakeStore(
            WorkflowDefinition(name: "w", steps: [step("a"), step("clean", needs: ["a"], rule: .anyFailed)]))
        store.end("a", .failed(.error))
        store.retry("a")
        store.end("clean", .cancelled(.requested("not now")))
        store.end("a", .failed(.error))
        #expect(store.step("clean").state == .finished(.cancelled))
        #expect(store.run.outcome == .failed)
    }

    @Test func `a failure branch that a retry overtook ends with its run when that is cancelled`() throws {
        var store = try FakeStore(
            WorkflowDefinition(name: "w", steps: [step("a"), step("clean", needs: ["a"], rule: .anyFailed)]))
        store.end("a", .failed(.error))
        store.retry("a")
        store.cancel("enough")
        #expect(store.run.outcome == nil)
        store.end("clean")
        #expect(store.live.map(\.step) == ["clean"], "what the retry began is cleaned up too")
        store.cancel("enough", cleanup: false)
        #expect(store.run.outcome == .cancelled)
    }

    @Test func `a retry of one member reopens its step, and its joins are decided again`() throws {
        var store = try FakeStore(
            WorkflowDefinition(
                name: "w", steps: [step("each", foreach: "${workflow.list}"), step("join", needs: ["each"])]))
        #expect(store.run.outcome == .failed)
        store = try FakeStore(
            WorkflowDefinition(
                name: "w", parameters: [Parameter(name: "l", type: .list)],
                steps: [
                    step("each", foreach: "${params.l}"), step("join", needs: ["each"]),
                    step("all", needs: ["each"], rule: .allFinished),
                ]), parameters: json(#"{"l": [1, 2]}"#))
        store.end("each", .expired, at: 0)
        store.end("each", at: 1)
        store.end("all")
        #expect(store.run.outcome == .failed)
        store.retry("each", 0)
        #expect(store.step("each").state == .running)
        #expect(store.step("each").ended.failed == 0)
        #expect(store.step("all").state == .waiting, "whatever has ended, it is told of it again")
        store.end("each", at: 0)
        #expect(store.live.map(\.step) == ["all", "join"])
        store.end("join")
        store.end("all")
        #expect(store.run.outcome == .succeeded)
        #expect(store.settlements["all#1"] == 1)
    }

    @Test func `a step that ended while it was held is decided again when it is retried`() throws {
        var store = try FakeStore(
            WorkflowDefinition(
                name: "w", steps: [step("a"), step("b", needs: ["a"], with: ["n": "${steps.a.result}"])]))
        store.end("b", .cancelled(.requested("not today")))
        #expect(store.step("b").reason == "it was cancelled: not today")
        store.end("a", result: json("5"))
        #expect(store.run.outcome == .cancelled)
        store.retry("b")
        #expect(store.arguments("b") == #"{"n":5}"#)
        #expect(store.live.map(\.step) == ["b"])
        store.end("b")
        #expect(store.run.outcome == .succeeded)
    }

    @Test func `a retry in a cancelled run brings back what never began`() throws {
        var store = try FakeStore(
            WorkflowDefinition(
                name: "w",
                steps: [
                    step("a"), step("slow"), step("b", needs: ["a", "slow"]),
                    step("e", needs: ["b"], foreach: "${params.x}"),
                ]))
        store.end("a", .failed(.error))
        store.cancel("enough")
        #expect(store.run.outcome == .cancelled)
        store.retry("a")
        #expect(store.run.cancelled == nil)
        #expect(store.step("b").state == .waiting)
        #expect(store.step("e").state == .waiting)
        store.end("a")
        #expect(store.step("b").reason == "it needs slow, which was cancelled")
        #expect(store.run.outcome == .cancelled)
    }

    @Test func `options of the kind are taken with the overrides of the step`() throws {
        var fetch = step("fetch")
        fetch.overrides = .init(queue: "q", retries: 1, delay: .seconds(2))
        let machine = WorkflowMachine(
            WorkflowDefinition(name: "w", steps: [fetch]),
            commands: ["k": PinnedCommand(version: 4, options: JobOptions(priority: 3, retry: RetryPolicy(retries: 9)))]
        )
        let (run, actions) = try machine.begin(
            id: WorkflowID(UUIDv7(high: 1, low: 1)),
            version: DefinitionVersion(sort: .workflow, name: "w", version: 1, hash: ""), parameters: .emptyObject,
            at: Moment(store: StoreTime(microseconds: 0), wall: WallTime(microseconds: 0)))
        #expect(run.commands == ["k": 4])
        guard case .insert("fetch", let members) = actions.first, let member = members.first else {
            Issue.record("\(actions)")
            return
        }
        #expect(member.definition == 4)
        #expect(
            member.options
                == JobOptions(queue: "q", priority: 3, start: .after(.seconds(2)), retry: RetryPolicy(retries: 1)))
    }

    @Test func `all faults of parameters are reported at once, with the fix`() throws {
        let definition = WorkflowDefinition(
            name: "w",
            parameters: [
                Parameter(name: "source", isRequired: true),
                Parameter(name: "keep", type: .integer, defaultValue: 3, minimum: 1, maximum: 9),
                Parameter(name: "mode", choices: ["fast", "slow"]),
            ], steps: [step("a")])
        let error = #expect(throws: InvalidParameters.self) {
            try FakeStore(definition, parameters: json(#"{"sorce": "x", "keep": 0, "mode": "fats"}"#))
        }
        #expect(
            error?.problems == [
                "parameter 'sorce' is unknown; did you mean 'source'?",
                "parameter 'source' is missing: give a text",
                "parameter 'keep' must be at least 1, but is the number 0",
                "parameter 'mode' must be one of fast, slow, but is the text 'fats'; did you mean 'fast'?",
            ])
        let store = try FakeStore(definition, parameters: json(#"{"source": "/x", "mode": null}"#))
        #expect(store.run.parameters.string == #"{"source":"/x","keep":3,"mode":null}"#)
        let list = #expect(throws: InvalidParameters.self) { try FakeStore(definition, parameters: json("[1]")) }
        #expect(
            list?.problems == [#"the parameters must be one JSON object such as {"name": "value"}, not a list"#])
    }
}
