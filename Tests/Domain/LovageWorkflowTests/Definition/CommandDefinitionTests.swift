import LovageCore
import Testing

@testable import LovageWorkflow

@Suite struct CommandDefinitionTests {
    static let command = CommandDefinition(
        kind: "backup.archive",
        run: [
            "tar", "--from", "${args.source}", "${args.list...}", "-n${args.level}", "${args.note}",
            "$${x} ${job.attempt}",
        ],
        parameters: [
            Parameter(name: "source", isRequired: true), Parameter(name: "list", type: .list),
            Parameter(name: "level", type: .integer, defaultValue: 6, minimum: 1, maximum: 9), Parameter(name: "note"),
        ], stdin: "${args.list}", directory: "/tmp/${job.id}")
    static let job = JobID(UUIDv7(high: 0x0193_0000_0000_7000, low: 0x8000_0000_0000_0001))

    @Test func `arguments become an argument vector, each element one argument`() throws {
        let line = try Self.command.invocation(
            for: json(#"{"source": "a b; rm -rf $(x) '\"", "list": ["x y", 2, null]}"#), job: Self.job, attempt: 3)
        #expect(
            line.arguments == ["tar", "--from", "a b; rm -rf $(x) '\"", "x y", "2", "", "-n6", "", "${x} 3"])
        #expect(line.stdin == #"["x y",2,null]"#)
        #expect(line.directory == "/tmp/01930000-0000-7000-8000-000000000001")
    }

    @Test func `a list that is not given is no argument at all`() throws {
        let vector = try Self.command.argumentVector(for: json(#"{"source": "x"}"#), job: Self.job, attempt: 1)
        #expect(vector == ["tar", "--from", "x", "-n6", "", "${x} 1"])
    }

    @Test(arguments: [
        (#"{"source": "a\u0000b"}"#, "argument 2 of the command contains a zero byte, which no program can be given"),
        (
            #"{"source": 3, "lst": [], "level": 10}"#,
            """
            argument 'lst' is unknown; did you mean 'list'?
            argument 'source' must be a text, but is the number 3: put it in quotes
            argument 'level' must be at most 9, but is the number 10
            """
        ),
        (
            #"{"source": "", "level": 2.5}"#,
            "argument 'level' must be a whole number, but is the number 2.5: write it like 3"
        ),
        ("3", #"the arguments must be one JSON object such as {"name": "value"}, not the number 3"#),
        (#"{"level": null}"#, "argument 'source' is missing: give a text"),
    ])
    func `arguments that do not fit are refused with every fault`(arguments: String, message: String) {
        let error = #expect(throws: InvalidParameters.self) {
            try Self.command.invocation(for: json(arguments), job: Self.job, attempt: 1)
        }
        #expect(error?.problems.joined(separator: "\n") == message)
    }

    @Test func `arguments too large for a program are refused before it is started`() {
        let long = String(repeating: "x", count: 128 * 1024)
        let one = #expect(throws: InvalidParameters.self) {
            try Self.command.invocation(for: json(#"{"source": "\#(long)"}"#), job: Self.job, attempt: 1)
        }
        #expect(one?.problems.first?.hasSuffix("at most 131071 are possible: pass it through stdin") == true)
        let half = String(repeating: "x", count: 70_000)
        let many = Array(repeating: "\"\(half)\"", count: 8).joined(separator: ",")
        let twice = CommandDefinition(
            kind: "c", run: ["x", "${args.list...}", "${args.list...}"],
            parameters: [Parameter(name: "list", type: .list)])
        let all = #expect(throws: InvalidParameters.self) {
            try twice.invocation(for: json("{\"list\": [\(many)]}"), job: Self.job, attempt: 1)
        }
        #expect(all?.problems.first?.contains("bytes together") == true)
    }

    @Test func `everything wrong with a command is found`() {
        let command = CommandDefinition(
            kind: "c",
            run: ["${args.program}", "${args.sorce}", "x${args.list...}", "${params.y}", "${steps.a.result}"],
            parameters: [
                Parameter(name: "source"), Parameter(name: "list", type: .list, choices: ["x"]),
                Parameter(name: "9", minimum: 2),
                Parameter(name: "n", type: .integer, isRequired: true, defaultValue: "x"),
            ], stdin: "${args.list...}", environment: ["LOVAGE_X": "1", "A=B": ""], retryCodes: [0, 3], skipCodes: [3],
            outputCap: 10, options: JobOptions(softLimit: .seconds(3), hardLimit: .seconds(2)))
        let faults = command.faults().map(\.description)
        #expect(
            faults == [
                "run[0]: the program '${args.program}' cannot be a template; no argument may choose what runs",
                "run[1]: 'args.sorce': there is no parameter 'sorce'; did you mean 'args.source'?",
                "run[2]: 'x${args.list...}': a list can be spread only as a whole element of run",
                "run[3]: 'params.y': params are for workflows; in a command write args.y",
                "run[4]: 'steps.a.result': a command can read its args, files and job.id, job.attempt only; pass the value as an argument",
                "stdin: '${args.list...}': a list can be spread only as a whole element of run",
                "parameters.source: parameter 'source' is not used; read it as ${args.source} or remove it",
                "parameters.list.choices[0]: the text 'x' is no list, the type of 'list'",
                "parameters[9]: '9' is no name for a parameter; use letters, digits, _ and -, beginning with a letter or _, at most 100",
                "parameters[9]: minimum and maximum are for numbers, not for type string",
                "parameters[9]: parameter '9' is not used; read it as ${args.9} or remove it",
                "parameters.n.default: the default must be a whole number, but is the text 'x': write it like 3",
                "parameters.n.required: a parameter with a default is never required; remove one",
                "parameters.n: parameter 'n' is not used; read it as ${args.n} or remove it",
                "environment.A=B: \"A=B\" is not the name of a variable (letters, digits and _, not starting with a digit)",
                "environment.LOVAGE_X: LOVAGE_X is set by Lovage",
                "exit_codes.retry: 0 is no exit code: use 1 to 255 (0 is success)",
                "exit_codes: exit code 3 cannot mean both retry and skip",
                "output_cap: output_cap must be at least 1KiB, but is 10",
                "soft_timeout: soft_timeout is longer than timeout",
            ])
    }
}
