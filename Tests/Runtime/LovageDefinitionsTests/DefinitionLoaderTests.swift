#if Commands
import Foundation
import LovageCore
import LovageWorkflow
import Testing

@testable import LovageDefinitions

@Suite struct DefinitionLoaderTests {
    static let everything = """
        # All fields of a command.
        command: backup.archive
        description: Archives one part
        run: [scripts/archive.sh, --source, "${args.source}", --pace, 5, "${args.list...}", "${args.mode}${args.pace}"]
        parameters:
          source: {type: string, required: true, description: Where from}
          pace: {type: integer, default: 0, minimum: 0}
          mode: {type: string, choices: [fast, slow]}
          list: {type: list}
        stdin: "${args.list}"
        directory: /tmp
        environment: {LANG: C, LEVEL: 9, NORWAY: no}
        inherit: [PATH, HOME]
        exit_codes: {retry: [75], skip: [3]}
        timeout: 10m
        soft_timeout: 9m
        grace: 10s
        retries: 2
        backoff: {exponential: {base: 1s, cap: 1m, jitter: true}}
        errors: {"exit 3": never, "exit 4": {retries: 1, backoff: {list: [1s, 5s]}}}
        queue: archives
        priority: -3
        deadline: 1h
        start_within: 10m
        output_cap: 1MiB
        streams: merged
        files: [scripts/lib.sh]
        ---
        workflow: nightly
        parameters: {source: {type: string, default: /usr/share/doc}}
        steps:
          inventory: {run: backup.inventory, with: {source: "${params.source}"}}
          archive:
            needs: [inventory]
            foreach: ${steps.inventory.result.groups}
            run: backup.archive
            with: {source: "${item.source}", list: ["${index}", 1]}
            retries: 1
            timeout: 5m
            queue: q
            priority: 3
            delay: 1s
            backoff: {fixed: 5s}
          report: {needs: [archive], run: backup.report, rule: all_finished, when: "not steps.archive.outcome == 'skipped'"}
        outputs: {archives: "${steps.report.result.count}"}
        """

    static let scripts = [
        "defs/scripts/archive.sh": Array("#!/bin/sh\n".utf8), "defs/scripts/lib.sh": Array("lib".utf8),
    ]

    @Test func `every field is read`() throws {
        let report = DefinitionLoader { Self.scripts[$0] }.load([SourceFile(path: "defs/a.yaml", text: Self.everything)]
        )
        #expect(report.problems.isEmpty, "\(report.problems)")
        #expect(report.warnings.map(\.field) == ["steps.inventory.run", "steps.report.run"])
        guard case .command(let command) = report.definitions[0].definition,
            case .workflow(let workflow) = report.definitions[1].definition
        else {
            Issue.record("\(report.definitions)")
            return
        }
        #expect(
            command.run == [
                "scripts/archive.sh", "--source", "${args.source}", "--pace", "5", "${args.list...}",
                "${args.mode}${args.pace}",
            ])
        #expect(command.parameters.map(\.name) == ["source", "pace", "mode", "list"])
        #expect(command.parameters[0].isRequired)
        #expect(command.parameters[2].choices == ["fast", "slow"])
        #expect(command.environment == ["LANG": "C", "LEVEL": "9", "NORWAY": "no"])
        #expect(command.inherit == ["PATH", "HOME"])
        #expect(command.retryCodes == [75])
        #expect(command.skipCodes == [3])
        #expect(command.grace == .seconds(10))
        #expect(command.outputCap == 1 << 20)
        #expect(command.streams == .merged)
        #expect(
            command.options
                == JobOptions(
                    queue: "archives", priority: -3, startWithin: .seconds(600), deadline: .seconds(3600),
                    softLimit: .seconds(540), hardLimit: .seconds(600),
                    retry: RetryPolicy(
                        retries: 2, backoff: .exponential(base: .seconds(1), cap: .seconds(60), jitter: true),
                        rules: [
                            "exit 3": .never, "exit 4": .retry(retries: 1, backoff: .list([.seconds(1), .seconds(5)])),
                        ])))
        #expect(
            command.files == [
                "scripts/archive.sh": ContentHash.hex(of: Array("#!/bin/sh\n".utf8)),
                "scripts/lib.sh": ContentHash.hex(of: Array("lib".utf8)),
            ])
        #expect(Set(report.files.map(\.hash)) == Set(command.files.values))
        let archive = workflow.steps[1]
        #expect(archive.foreach == "${steps.inventory.result.groups}")
        #expect(archive.arguments == ["source": "${item.source}", "list": ["${index}", 1]])
        #expect(
            archive.overrides
                == .init(
                    queue: "q", priority: 3, retries: 1, backoff: .fixed(.seconds(5)), hardLimit: .seconds(300),
                    delay: .seconds(1)))
        #expect(workflow.steps[2].rule == .allFinished)
        #expect(workflow.outputs == [JSONMember("archives", "${steps.report.result.count}")])
        #expect(report.definitions.map(\.line) == [2, 29])
    }

    @Test func `the same text has the same hash, and what is stored reads back as it was`() throws {
        let load = {
            DefinitionLoader { Self.scripts[$0] }.load([SourceFile(path: "defs/a.yaml", text: Self.everything)])
        }
        #expect(load() == load())
        let reordered = Self.everything.replacing("directory: /tmp\n", with: "").replacing(
            "timeout: 10m\nsoft", with: "directory: /tmp\ntimeout: 10m\nsoft"
        )
        .replacing("# All fields", with: "# Other words")
        let again = DefinitionLoader { Self.scripts[$0] }.load([SourceFile(path: "defs/b.yaml", text: reordered)])
        #expect(again.definitions.map(\.hash) == load().definitions.map(\.hash))
        for loaded in load().definitions {
            #expect(try Definition(canonicalJSON: loaded.definition.canonicalJSON) == loaded.definition)
            #expect(loaded.hash.count == 64)
        }
        var scripts = Self.scripts
        scripts["defs/scripts/lib.sh"] = [1]
        let changed = DefinitionLoader { scripts[$0] }.load([SourceFile(path: "defs/a.yaml", text: Self.everything)])
        #expect(changed.definitions[0].hash != load().definitions[0].hash)
        #expect(changed.definitions[1].hash == load().definitions[1].hash)
    }

    @Test func `the hash is SHA-256`() {
        #expect(ContentHash.hex(of: []) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            ContentHash.hex(of: Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
    }

    @Test func `plain scalars mean what JSON would make of them`() {
        let text = """
            workflow: w
            steps:
              s: {run: k, with: {a: 1, b: 1.50, c: "1", d: no, e: 010, f: 2026-11-21, g: true, h: ~, i: null, j: -3, k: 1e3, l: , m: 1.2.3}}
            """
        let report = DefinitionLoader { _ in nil }.load([SourceFile(path: "w.yaml", text: text)])
        guard case .workflow(let workflow) = report.definitions[0].definition else { return }
        #expect(
            workflow.steps[0].arguments.text().string
                == #"{"a":1,"b":1.50,"c":"1","d":"no","e":"010","f":"2026-11-21","g":true,"h":null,"i":null,"j":-3,"k":1e3,"l":null,"m":"1.2.3"}"#
        )
    }

    @Test func `an alias stands for what it names`() {
        let text = "command: a\nrun: &x [tar, --x]\ninherit: *x\n---\ncommand: b\nrun: [ls, '*.tar', \"&x\"]"
        let report = DefinitionLoader { _ in nil }.load([SourceFile(path: "w.yaml", text: text)])
        #expect(report.problems.isEmpty, "\(report.problems)")
        guard case .command(let command) = report.definitions[0].definition else { return }
        #expect(command.inherit == ["tar", "--x"])
    }

    @Test func `a program without a slash and one with a full path are looked up on the worker`() {
        let text = "command: a\nrun: [tar]\n---\ncommand: b\nrun: [/bin/sh, -c, exit]"
        var asked: [String] = []
        let report = DefinitionLoader { name in
            asked.append(name)
            return nil
        }.load([SourceFile(path: "w.yaml", text: text)])
        #expect(asked == ["tar"], "only whether it lies beside the definition")
        #expect(report.problems.isEmpty)
        #expect(report.files.isEmpty)
    }

    @Test func `the nightly backup loads and keeps its drawing`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../../Examples/nightly-backup"
        )
        .standardizedFileURL
        let sources = try ["commands.yaml", "workflow.yaml"].map {
            SourceFile(path: $0, contents: Array(try Data(contentsOf: folder.appending(path: $0))))
        }
        let report = DefinitionLoader { name in
            // Missing is an answer here, and the report says so.
            (try? Data(contentsOf: folder.appending(path: name))).map { Array($0) }
        }.load(sources)
        #expect(report.problems.isEmpty, "\(report.problems)")
        #expect(report.warnings.isEmpty, "\(report.warnings)")
        guard case .workflow(let workflow)? = report.definitions.last?.definition else {
            Issue.record("no workflow")
            return
        }
        try expectGolden(workflow.drawing(width: 100), "nightly-backup.txt")
    }
}
#endif
