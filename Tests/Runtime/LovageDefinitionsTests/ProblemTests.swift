#if Commands
import LovageCore
import Testing

@testable import LovageDefinitions

/// Every kind of problem with its exact words, in one golden file that is read by people.
@Suite struct ProblemTests {
    static let cases: [(name: String, yaml: String)] = [
        (
            "unknown fields, with what was meant",
            """
            command: a
            run: [x, "${args.source}"]
            retrys: 2
            parameters:
              source: {type: string, requried: true}
            exit_codes: {retyr: [75]}
            timeouts: 3s
            bogus: 1
            """
        ),
        (
            "wrong types",
            """
            command: a
            run: tar -x
            description: [no]
            parameters: [source]
            retries: two
            priority: 200
            timeout: 10
            soft_timeout: 10 minutes
            grace: -5s
            output_cap: 10 MB
            streams: merge
            queue: 7
            environment: [A=1]
            inherit: PATH
            exit_codes: {retry: 75, skip: [x]}
            backoff: 5s
            errors: {"exit 3": sometimes}
            deadline: null
            """
        ),
        (
            "missing fields",
            """
            command: a
            ---
            workflow: w
            ---
            workflow: v
            steps:
              a: {with: {}}
              b:
            ---
            description: nothing
            ---
            comand: x
            ---
            command:
            run: [x]
            ---
            command: a
            workflow: b
            """
        ),
        (
            "names",
            """
            command: "a b"
            run: [x]
            queue: "-q"
            ---
            workflow: w
            steps:
              "1st": {run: a}
              ok: {run: "a b"}
            parameters:
              "a.b": {}
            """
        ),
        ("defined more than once", "command: a\nrun: [x]\n---\ncommand: a\nrun: [y]"),
        ("a key twice", "command: a\nrun: [x]\ntimeout: 1s\ntimeout: 2s"),
        (
            "cycles and needs",
            """
            workflow: w
            steps:
              a: {run: k, needs: [c]}
              b: {run: k, needs: [a]}
              c: {run: k, needs: [b]}
              d: {run: k, needs: [d]}
              e: {run: k, needs: [missing, f, f]}
              f: {run: k, needs: ab}
              g: {run: k, rule: any_failed}
              h: {run: k, needs: [f], rule: any_faild}
            """
        ),
        (
            "templates of a workflow",
            """
            workflow: w
            parameters: {source: {type: string}, idle: {type: string}, list: {type: list}}
            steps:
              inventory: {run: k, with: {from: "${params.sorce}"}}
              archive:
                run: k
                foreach: "${params.list} "
                needs: [inventory]
                when: "steps.inventroy.outcome == 'failed'"
                with: {a: "${item}", b: ["${steps.inventory.results.0}"]}
              other: {run: k, with: {a: "${steps.archive.results}", b: "${item}", c: "${args.x}", d: "${job.id}"}}
              last: {run: k, needs: [archive], with: {a: "${steps.archive.result}", b: "${env.HOME}", s: "${params.source}"}}
              bad: {run: k, when: "params.source = 'x'", foreach: ""}
              none: {run: k, foreach: }
            outputs: {x: "${steps.nowhere.result}", y: "${steps.last.result.z"}
            """
        ),
        (
            "unused parameters",
            "workflow: w\nparameters:\n  a: {}\n  b: {type: integer}\nsteps:\n  s: {run: k, with: {a: \"$${params.a}\"}}"
        ),
        (
            "templates of a command",
            """
            command: a
            run: ["${args.program}", "x${args.list...}", "${params.x}", "${steps.a.result}", "${args.typo}"]
            parameters: {program: {}, list: {type: list}}
            stdin: "${args.list...}"
            """
        ),
        (
            "parameters",
            """
            command: a
            run: [x, "${args.a}${args.b}${args.c}${args.d}"]
            parameters:
              a: {type: strin}
              b: {type: integer, default: many, minimum: 1}
              c: {type: string, choices: [fast, 3], minimum: 2, default: slow}
              d: {type: number, minimum: 3, maximum: 2, required: true, default: 5}
            """
        ),
        (
            "arguments of a step that its command does not take",
            """
            command: tar
            run: [tar, "${args.source}", "${args.level}"]
            parameters: {source: {required: true}, level: {type: integer, maximum: 9}}
            ---
            workflow: w
            steps:
              a: {run: tar, with: {sorce: x, level: 10}}
              b: {run: tra}
            """
        ),
        ("scripts", "command: a\nrun: [scripts/missing.sh]\nfiles: [lib.sh, ../secret, /etc/passwd]"),
        (
            "numbers that are none",
            "command: a\nrun: [x]\nretries: 0x10\npriority: 1.5\ncrash_limit: 1_000\nunique: yes"
        ),
        (
            "told apart by nothing",
            """
            command: a
            run: [x, "${args.source}"]
            parameters: {source: {}}
            unique: [sourc]
            ---
            workflow: w
            steps:
              s: {run: a, with: {source: x}, unique: [source, sourcee]}
              t: {run: a, unique: perhaps}
            """
        ),
        ("not YAML", "command: a\nrun: [x\nretries: 2"),
        ("not YAML either", "command: a\n  run: [x]"),
        ("tabs", "command: a\nparameters:\n\tx: {}\n"),
        ("empty", ""),
        ("only a comment", "# nothing\n---\n"),
        ("a list", "- command: a\n"),
        ("a text", "hello"),
        ("undefined alias", "command: a\nrun: *x\n"),
        ("control character", "command: a\nrun: [\"\u{1}\"]\n"),
        ("complex key", "? [a, b]\n: x\ncommand: a\nrun: [x]"),
        ("merge key", "command: a\nrun: [x]\n<<: {retries: 1}"),
    ]

    @Test func `every problem is said in exactly these words`() throws {
        var text = ""
        for (name, yaml) in Self.cases {
            let report = DefinitionLoader { _ in nil }.load([SourceFile(path: "x.yaml", text: yaml)])
            #expect(!report.problems.isEmpty, "\(name): nothing is wrong")
            text += "# \(name)\n" + report.problems.map { "\($0)\n" }.joined()
            text += report.warnings.map { "warning: \($0)\n" }.joined() + "\n"
        }
        try expectGolden(text, "problems.txt")
    }

    @Test func `an unknown kind is a problem only where the known ones are known`() {
        let source = SourceFile(path: "w.yaml", text: "workflow: w\nsteps:\n  a: {run: tar}\n  b: {run: tarr}")
        let open = DefinitionLoader { _ in nil }.load([source])
        #expect(open.problems.isEmpty)
        #expect(open.warnings.map(\.line) == [3, 4])
        let closed = DefinitionLoader(knownKinds: ["tar"]) { _ in nil }.load([source])
        #expect(
            closed.problems.map(\.description) == [
                "w.yaml:4:7: steps.b.run: no command 'tarr' is defined here; did you mean 'tar'?"
            ])
        #expect(closed.warnings.isEmpty)
    }

    @Test func `problems of several files are said together, in order`() {
        let report = DefinitionLoader { _ in nil }.load([
            SourceFile(path: "b.yaml", text: "command: a\nrun: [x]"),
            SourceFile(path: "a.yaml", text: "command: a\nrun: []"),
            SourceFile(path: "c.yaml", contents: [0x63, 0x0A, 0x61, 0xC3, 0x28]),
            SourceFile(path: "d.yaml", text: "x: y"),
        ])
        #expect(
            report.problems.map(\.description) == [
                "a.yaml:1:1: command: command 'a' is defined more than once; the first is at b.yaml:1",
                "a.yaml:2:1: run: a command needs a program to run; write run: [program, argument, …]",
                "c.yaml:2:2: the file is not UTF-8: byte 4 fits no character",
                "d.yaml:1:1: a definition begins with command: NAME or workflow: NAME",
            ])
    }

    @Test(arguments: ["[", "- ", "{a: ", "[{a: "])
    func `ten thousand levels are refused and harm nobody`(opening: String) {
        let text =
            "command: a\nrun: " + (opening == "- " ? "\n  " : "") + String(repeating: opening, count: 10_000) + "x"
        let report = DefinitionLoader { _ in nil }.load([SourceFile(path: "deep.yaml", text: text)])
        #expect(
            report.problems.contains { $0.message == "this is nested too deep: at most 64 levels" },
            "\(report.problems)")
    }

    @Test func `a hundred levels that close are refused as well`() {
        let text = "command: a\nrun: " + String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        let report = DefinitionLoader { _ in nil }.load([SourceFile(path: "deep.yaml", text: text)])
        #expect(report.problems.contains { $0.message == "this is nested too deep: at most 64 levels" })
    }

    @Test func `aliases that multiply are refused before they do`() {
        var lines = ["command: a", "run: [x]", "a0: &a0 [x, x, x, x, x, x, x, x, x]"]
        for level in 1...9 {
            let uses = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            lines.append("a\(level): &a\(level) [\(uses)]")
        }
        let bomb = DefinitionLoader { _ in nil }.load([
            SourceFile(path: "bomb.yaml", text: lines.joined(separator: "\n"))
        ])
        #expect(
            bomb.problems.map(\.description) == [
                "bomb.yaml:5:45: the file uses more than 16 aliases; write some of them out"
            ])
        let wide = "x: &x [\(Array(repeating: "1", count: 60_000).joined(separator: ","))]\ny: [*x, *x]"
        let large = DefinitionLoader { _ in nil }.load([SourceFile(path: "wide.yaml", text: wide)])
        #expect(large.problems.contains { $0.message.hasPrefix("the file is too large: more than 100000 values") })
    }

    @Test func `a file too large to have been written by a person is refused`() {
        let report = DefinitionLoader { _ in nil }.load([
            SourceFile(path: "x", contents: Array(repeating: 35, count: 1 << 20 + 1))
        ])
        #expect(report.problems.count == 1)
    }
}
#endif
