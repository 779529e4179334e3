import LovageCore
import LovageWorkflow
import Testing

/// What no run can do is known before it runs.
@Suite struct CertainFailureTests {
    private static func faults(_ json: String) throws -> [String] {
        let (definition, faults) = Definition.reading(try JSONValue(parsing: Array(json.utf8)))
        return faults.map(\.description) + (definition?.faults(besides: faults) ?? []).map(\.description)
    }

    @Test(arguments: ["timeout", "soft_timeout", "deadline", "start_within"])
    func `a limit that leaves no time is a fault`(field: String) throws {
        let said = "\(field) must be longer than nothing, but is 0s; leave it out for no limit"
        #expect(try Self.faults(#"{"command":"k","run":["ls"],"\#(field)":"0s"}"#) == ["\(field): \(said)"])
        #expect(try Self.faults(#"{"command":"k","run":["ls"],"\#(field)":"1us"}"#) == [])
        guard field.hasSuffix("timeout") else { return }
        #expect(
            try Self.faults(#"{"workflow":"w","steps":{"a":{"run":"k","\#(field)":"0ms"}}}"#)
                == ["steps.a.\(field): \(said)"])
    }

    @Test(arguments: [
        ("exit7", false), ("exit 7", true), ("exit 0", false), ("exit 256", false), ("exit 07", false), ("exit", false),
        ("signal 9", true), ("signal 65", false), ("signal 0", false), ("timeout", true), ("not started", true),
        ("command", true), ("unknown", true), ("result", true), ("Timeout", false), ("", false), ("exit  7", false),
    ])
    func `a rule for a failure that no command has is a fault`(name: String, isKnown: Bool) throws {
        let faults = try Self.faults(#"{"command":"k","run":["ls"],"errors":{"\#(name)":"never"}}"#)
        #expect(faults.isEmpty == isKnown, "\(faults)")
    }

    @Test func `variables that a worker would refuse are faults, in the same words`() throws {
        let faults = try Self.faults(
            #"{"command":"k","run":["ls"],"environment":{"A-B":"x","LOVAGE_X":"x","N":"a\u0000b","OK_1":"x"}}"#)
        #expect(
            faults == [
                #"environment.A-B: "A-B" is not the name of a variable (letters, digits and _, not starting with a digit)"#,
                "environment.LOVAGE_X: LOVAGE_X is set by Lovage",
                "environment.N: N has a NUL character in its value",
            ])
    }

    @Test func `what no program can be given is a fault`() throws {
        let long = String(repeating: "x", count: 128 * 1024)
        #expect(try Self.faults(#"{"command":"k","run":["ls","\#(long)"]}"#).count == 1)
        #expect(try Self.faults(#"{"command":"k","run":["ls","\#(long.dropLast())"]}"#).isEmpty)
        #expect(try Self.faults(#"{"command":"k","run":["ls","a\u0000"]}"#).count == 1)
        #expect(try Self.faults(#"{"command":"k","run":["ls"],"directory":"/a\u0000"}"#).count == 1)
        #expect(try Self.faults(#"{"command":"k","run":["ls"],"delay":"5s","deadline":"5s"}"#).count == 1)
    }

    @Test func `arguments of a job are refused when its command could not be given them`() throws {
        let command = CommandDefinition(
            kind: "k", run: ["echo", "${args.x}", "${args.o.name}"],
            parameters: [Parameter(name: "x", type: .any), Parameter(name: "o", type: .object)])
        let job = JobID(UUIDv7(high: 0, low: 0))
        func problems(_ json: String) throws -> [String] {
            command.problems(with: try JSONText(validating: json), of: job)
        }
        #expect(try problems(#"{"x":"ok"}"#) == [])
        #expect(try problems(#"{"x":"a\u0000b"}"#).first?.contains("zero byte") == true)
        let long = String(repeating: "x", count: 128 * 1024)
        #expect(try problems(#"{"x":"\#(long)"}"#).first?.contains("at most 131071") == true)
        #expect(try problems(#"{"o":{}}"#) == ["'args.o.name': there is no 'name'"])
        #expect(try problems(#"{"y":1}"#).count == 1)
    }

    @Test func `a step over a stored command is held against its parameters`() {
        let stored = CommandDefinition(
            kind: "ops.flaky", run: ["sh", "${args.name}", "${args.n}"],
            parameters: [Parameter(name: "name", isRequired: true), Parameter(name: "n", type: .integer)])
        func fields(_ arguments: JSONValue, _ commands: [CommandDefinition] = []) -> [String] {
            let step = WorkflowDefinition.Step(name: "a", kind: "ops.flaky", arguments: arguments)
            let workflow = Definition.workflow(WorkflowDefinition(name: "w", steps: [step]))
            return DefinitionSet(
                [workflow] + commands.map(Definition.command), knownKinds: ["ops.flaky"],
                stored: ["ops.flaky": stored]
            ).findings().map(\.fault.description)
        }
        #expect(fields([:]) == ["steps.a.with: command 'ops.flaky' needs the argument 'name'"])
        #expect(fields(["name": .null]) == ["steps.a.with: command 'ops.flaky' needs the argument 'name'"])
        #expect(fields(["name": "x", "zzz": 1]).count == 1)
        #expect(fields(["name": "x", "n": "y"]).count == 1)
        #expect(fields(["name": "${params.x}", "n": 1]).isEmpty)
        #expect(
            fields([:], [CommandDefinition(kind: "ops.flaky", run: ["ls"])]).isEmpty, "the uploaded one replaces it")
    }

    @Test func `only the first hundred unknown fields say what was meant`() throws {
        let fields = (0..<300).map { #""retriez\#($0 % 10)\#($0)":1"# }.joined(separator: ",")
        let faults = try Self.faults(#"{"command":"k","run":["ls"],"retires":1,\#(fields)}"#)
        #expect(faults.count == 301)
        #expect(faults[0].hasSuffix("did you mean 'retries'?"))
        let late = (0..<100).map { #""x\#($0)":1"# }.joined(separator: ",")
        #expect(
            try Self.faults(#"{"command":"k","run":["ls"],\#(late),"retires":1}"#).last?.contains("did you") == false)
    }
}
