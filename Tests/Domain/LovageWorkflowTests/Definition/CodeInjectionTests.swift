import LovageCore
import Testing

@testable import LovageWorkflow

/// A value is an argument: neither code nor an option.
@Suite struct CodeInjectionTests {
    private static func faults(_ run: [String], stdin: String? = nil, _ parameter: Parameter = Parameter(name: "x"))
        -> [String]
    {
        CommandDefinition(kind: "k", run: run, parameters: [parameter], stdin: stdin).codeInjections().map(\.field)
    }

    @Test(arguments: [
        ["sh", "-c", "echo ${args.x}"], ["/bin/bash", "-euc", "echo ${args.x}"],
        ["bash", "-c", "-e", "echo ${args.x}"],
        ["bash", "-o", "pipefail", "-c", "${args.x}"], ["bash", "-c", "-o", "pipefail", "${args.x}"],
        ["bash", "-euo", "pipefail", "-c", "a ${args.x}"], ["bash", "-ceuo", "pipefail", "a ${args.x}"],
        ["dash", "-c", "--", "${args.x}"], ["zsh", "-c", "a${args.x...}"], ["ksh", "+e", "-c", "${args.x.y}"],
        ["env", "A=b", "sh", "-c", "${args.x}"], ["busybox", "sh", "-c", "${args.x}"],
        ["timeout", "5", "nice", "-n", "3", "bash", "-lc", "${args.x}"], ["sudo", "-u", "me", "sh", "-c", "${args.x}"],
        ["python3", "-c", "print('${args.x}')"], ["python3.11", "-Iuc", "${args.x}"], ["python", "-cprint(${args.x})"],
        ["perl", "-e", "print ${args.x}"], ["perl", "-lne", "${args.x}"], ["perl", "-Mstrict", "-E", "${args.x}"],
        ["ruby", "-e", "${args.x}"], ["node", "--eval", "${args.x}"], ["node", "--eval=${args.x}"],
        ["node", "-p", "${args.x}"], ["php", "-r", "${args.x}"], ["lua5.4", "-e", "${args.x}"],
        ["awk", "{print ${args.x}}"], ["gawk", "-F", ":", "-v", "a=b", "${args.x}", "file"],
        ["su", "me", "-c", "${args.x}"], ["flock", "/tmp/lock", "-c", "${args.x}"],
        ["flock", "/tmp/lock", "sh", "-c", "${args.x}"], ["fish", "--command=${args.x}"],
    ])
    func `a template in the code of an interpreter is a fault`(run: [String]) {
        let position = run.firstIndex { $0.contains("${") } ?? 0
        #expect(Self.faults(run) == ["run[\(position)]"])
    }

    @Test(arguments: [
        ["sh", "-c", #"echo "$1""#, "sh", "${args.x}"], ["bash", "-euc", "echo $${x}", "bash", "${args.x...}"],
        ["env", "sh", "-c", "a", "sh", "${args.x}"], ["python3", "-c", "import sys", "${args.x}"],
        ["python3", "${files}/a.py", "${args.x}"], ["perl", "-e", "a", "--", "${args.x}"],
        ["awk", "{print}", "${args.x}"],
        ["awk", "-f", "a.awk", "${args.x}"], ["grep", "-c", "${args.x}"], ["tar", "-c", "${args.x}"],
        ["scripts/sh", "-c", "${args.x}"], ["sh", "a.sh", "-c", "${args.x}"], ["sh", "-c", "echo ${job.id} ${files}"],
        ["flock", "/tmp/lock", "tar", "-c", "${args.x}"], ["echo", "sh", "-c", "${args.x}"],
    ])
    func `a template elsewhere is none`(run: [String]) {
        #expect(Self.faults(run) == [])
    }

    @Test func `what no caller can write may stand in code`() {
        let run = ["sh", "-c", "echo ${args.x}"]
        for type in [Parameter.ValueType.integer, .number, .boolean] {
            #expect(Self.faults(run, Parameter(name: "x", type: type)) == [])
        }
        #expect(Self.faults(run, Parameter(name: "x", choices: ["a", "b"])) == [])
        #expect(Self.faults(run, Parameter(name: "x", type: .list)) == ["run[2]"])
        #expect(Self.faults(run, Parameter(name: "x", type: .any)) == ["run[2]"])
    }

    @Test func `code that is read from standard input counts as well`() {
        for run in [["sh"], ["bash", "-s", "a"], ["python3", "-"], ["env", "sh", "-e"]] {
            #expect(Self.faults(run, stdin: "echo ${args.x}") == ["stdin"])
        }
        for run in [
            ["cat"], ["sh", "a.sh"], ["sh", "-c", "cat"], ["python3", "-m", "json.tool"], ["awk", "{print}"],
        ] {
            #expect(Self.faults(run, stdin: "${args.x}") == [])
        }
    }

    private static func refusal(
        _ run: [String], _ json: String, _ parameter: Parameter = Parameter(name: "x", type: .any)
    )
        -> String?
    {
        CommandDefinition(kind: "k", run: run, parameters: [parameter])
            .problems(with: JSONText(trusted: Array(#"{"x":\#(json)}"#.utf8)), of: JobID(UUIDv7(high: 0, low: 0))).first
    }

    @Test func `a value that a program would take for an option is refused`() {
        let value = #""--use-compress-program=id""#
        let said =
            "'args.x' begins with a dash ('--use-compress-program=id'), which 'tar' would take for an option: "
            + "write -- before it in run, or 'dash: allow' at the parameter if that is meant"
        #expect(Self.refusal(["tar", "-cf", "a.tar", "${args.x}"], value) == said)
        for element in ["${args.x}", "${args.x}.txt", "${args.x...}"] {
            let given = element.contains("...") ? #"["a", "-b"]"# : #""-b""#
            #expect(Self.refusal(["ls", element], given)?.contains("begins with a dash ('-b") == true)
        }
        #expect(Self.refusal(["sh", "${args.x}"], #""-c""#) != nil)
        #expect(Self.refusal(["ls", "${args.x}-b"], #""""#) != nil, "what is empty makes way for the dash behind it")
    }

    @Test(arguments: [
        (["ls", "--", "${args.x}"], #""-b""#), (["ls", "--name=${args.x}"], #""-b""#), (["ls", "${args.x}"], #""-""#),
        (["ls", "${args.x}"], "-5"), (["ls", "${args.x}"], "-5.0e3"), (["ls", "${args.x...}"], "[-5, -6, \"a\"]"),
        (["ls", "${args.x}"], #""a-b""#), (["ls", "${args.x}"], "null"), (["scripts/ls", "${args.x}"], #""-b""#),
        (["./ls", "${args.x}"], #""-b""#), (["sh", "-c", "echo", "sh", "${args.x}"], #""-b""#),
        (["python3", "-c", "a", "${args.x}"], #""-b""#), (["python3", "${files}/a.py", "${args.x}"], #""-b""#),
        (["awk", "{print}", "${args.x}"], #""-b""#),
    ])
    func `a value that no program takes for an option passes`(run: [String], json: String) {
        #expect(Self.refusal(run, json) == nil)
    }

    @Test func `a definition may allow a dash, by name or by listing the values`() throws {
        let run = ["ls", "${args.x}"]
        #expect(Self.refusal(run, #""-b""#, Parameter(name: "x", allowsDash: true)) == nil)
        #expect(Self.refusal(run, #""-b""#, Parameter(name: "x", choices: ["-a", "-b"])) == nil)
        let json = #"{"command":"k","run":["ls","${args.x}"],"parameters":{"x":{"dash":"allow"}}}"#
        let (definition, faults) = Definition.reading(try JSONValue(parsing: json))
        #expect(faults.isEmpty)
        guard case .command(let command)? = definition else { return }
        #expect(command.parameters[0].allowsDash)
        #expect(try Definition(canonicalJSON: Definition.command(command).canonicalJSON) == .command(command))
        let wrong = json.replacing(#""allow""#, with: #""alow""#)
        #expect(Definition.reading(try JSONValue(parsing: wrong)).faults.first?.hint == "did you mean 'allow'?")
    }
}
