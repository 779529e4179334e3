import LovageCore
import Testing

@testable import LovageWorkflow

/// Carries out what the machine asks for as a store would, and refuses what a store could not do.
struct FakeStore {
    /// One job, as much of it as the machine touches.
    struct Member: Hashable {
        enum State: Hashable {
            case held, live
            case ended(Outcome)
        }
        var state: State
        var arguments: JSONText
        var result: JSONText?
        var generation = 1
    }

    struct Name: Hashable, Comparable {
        let step: String
        let index: Int
        static func < (left: Self, right: Self) -> Bool { (left.step, left.index) < (right.step, right.index) }
    }

    let machine: WorkflowMachine
    var run: WorkflowRun
    var members: [Name: Member] = [:]
    /// How often each held job was settled, by generation.
    var settlements: [String: Int] = [:]
    /// How often results of a step were read.
    var reads: [String: Int] = [:]
    var now = StoreTime(microseconds: 0)
    private var events: [WorkflowEvent] = []

    init(
        _ definition: WorkflowDefinition, parameters: JSONText = .emptyObject, commands: [Kind: PinnedCommand] = [:]
    ) throws {
        machine = WorkflowMachine(definition, commands: commands)
        let version = DefinitionVersion(sort: .workflow, name: definition.name.text, version: 1, hash: "")
        let begun = try machine.begin(
            id: WorkflowID(UUIDv7(high: 0, low: 0)), version: version, parameters: parameters,
            at: Moment(store: now, wall: WallTime(microseconds: 0)))
        run = begun.run
        carryOut(begun.actions)
        drain()
    }

    func step(_ name: String) -> StepRun {
        run.steps.first { $0.name == name } ?? StepRun(name: "?")
    }

    func arguments(_ step: String, _ index: Int = 0) -> String? {
        members[Name(step: step, index: index)]?.arguments.string
    }

    /// The jobs that a worker could run, in order.
    var live: [Name] { members.filter { $0.value.state == .live }.map(\.key).sorted() }

    /// A worker, a person or a timer ended a job.
    mutating func end(_ step: String, _ outcome: Outcome = .succeeded, at index: Int = 0, result: JSONText? = nil) {
        let name = Name(step: step, index: index)
        guard let state = members[name]?.state, state == .live || state == .held else {
            Issue.record("\(name) cannot end: \(String(describing: members[name]))")
            return
        }
        members[name]?.state = .ended(outcome)
        members[name]?.result = result
        events.append(.memberFinished(step: step, outcome: outcome))
        drain()
    }

    mutating func retry(_ step: String, _ index: Int = 0) {
        let name = Name(step: step, index: index)
        guard case .ended(let outcome) = members[name]?.state else {
            Issue.record("\(name) cannot be retried: \(String(describing: members[name]))")
            return
        }
        reopen(name, held: self.step(step).endedWithoutRunning)
        events.append(.memberRetried(step: step, outcome: outcome))
        drain()
    }

    mutating func cancel(_ reason: String, cleanup: Bool = true) {
        events.append(.cancelled(reason: reason, cleanup: cleanup))
        drain()
    }

    private mutating func reopen(_ name: Name, held: Bool) {
        members[name]?.state = held ? .held : .live
        members[name]?.result = nil
        members[name]?.generation += 1
    }

    private mutating func drain() {
        while !events.isEmpty {
            now = now + .seconds(1)
            let event = events.removeFirst()
            let members = members
            var reads = reads
            let actions = machine.apply(event, to: &run, at: now) { step in
                reads[step, default: 0] += 1
                return members.filter { $0.key.step == step }.sorted { $0.key < $1.key }.map(\.value.result)
            }
            self.reads = reads
            carryOut(actions)
        }
    }

    private mutating func carryOut(_ actions: [WorkflowAction]) {
        for action in actions {
            switch action {
            case .insert(let step, let new):
                for member in new {
                    let name = Name(step: step, index: member.index ?? 0)
                    #expect(members[name] == nil, "\(name) is inserted twice")
                    members[name] = Member(state: member.isHeld ? .held : .live, arguments: member.arguments)
                }
            case .settle(let step, let decision): settle(Name(step: step, index: 0), decision)
            case .reopen(let step):
                guard case .ended = members[Name(step: step, index: 0)]?.state else {
                    Issue.record("\(step) is reopened, but has not ended")
                    continue
                }
                reopen(Name(step: step, index: 0), held: true)
            case .cancelMembers(let steps, let reason):
                for name in members.keys.sorted() where steps.contains(name.step) {
                    if case .ended = members[name]?.state { continue }
                    members[name]?.state = .ended(.cancelled(.workflow(reason)))
                    events.append(.memberFinished(step: name.step, outcome: .cancelled(.workflow(reason))))
                }
            }
        }
    }

    private mutating func settle(_ name: Name, _ decision: NeedsDecision) {
        guard let member = members[name], member.state == .held else {
            Issue.record("\(name) is settled, but is \(String(describing: members[name]))")
            return
        }
        settlements["\(name.step)#\(member.generation)", default: 0] += 1
        let outcome: Outcome
        switch decision {
        case .run(let arguments):
            members[name]?.arguments = arguments
            members[name]?.state = .live
            return
        case .skip(let reason): outcome = .skipped(reason)
        case .fail: outcome = .failed(.error)
        case .unreachable(let step): outcome = .cancelled(.unreachable(step: step))
        }
        members[name]?.state = .ended(outcome)
        events.append(.memberFinished(step: name.step, outcome: outcome))
    }
}

func json(_ text: String) -> JSONText {
    do {
        return try JSONText(validating: text)
    } catch {
        Issue.record("\(text): \(error)")
        return .null
    }
}

func step(
    _ name: String, needs: [String] = [], rule: WorkflowDefinition.NeedsRule = .allSucceeded, when: String? = nil,
    foreach: String? = nil, with arguments: JSONValue = [:]
) -> WorkflowDefinition.Step {
    WorkflowDefinition.Step(
        name: name, kind: "k", needs: needs, rule: rule, when: when, foreach: foreach, arguments: arguments)
}
