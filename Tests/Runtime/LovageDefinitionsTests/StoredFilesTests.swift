#if Commands
import LovageCore
import LovageWorkflow
import Testing

@testable import LovageDefinitions

/// A file beside its definition is found however it is written, and nothing else is.
@Suite struct StoredFilesTests {
    private static func load(_ text: String, at path: String = "d/a.yaml", files: [String]) -> LoadReport {
        let files = Set(files)
        return DefinitionLoader { files.contains($0) ? Array($0.utf8) : nil }.load([SourceFile(path: path, text: text)])
    }

    private static func command(_ report: LoadReport) -> CommandDefinition? {
        guard case .command(let command)? = report.definitions.first?.definition else { return nil }
        return command
    }

    @Test(arguments: [
        ("[./run.sh]", "run.sh"), ("[././/run.sh]", "run.sh"), ("[./s/run.sh]", "s/run.sh"),
        ("[s//run.sh]", "s/run.sh"), ("[s/./run.sh]", "s/run.sh"), ("['s/it''s.sh']", "s/it's.sh"),
        (#"["s/a\x62c.sh"]"#, "s/abc.sh"), ("[.s/x.sh]", ".s/x.sh"), ("[./.x.sh]", ".x.sh"),
        ("['s/a b$c.sh']", "s/a b$c.sh"), ("[s/日本.sh]", "s/日本.sh"),
    ])
    func `a script is found and stored under one name`(run: String, name: String) {
        let report = Self.load("command: k\nrun: \(run)", files: ["d/\(name)"])
        #expect(report.problems.isEmpty, "\(report.problems)")
        #expect(Self.command(report)?.files.keys.sorted() == [name])
        #expect(Self.command(report)?.script == name)
        let sources = [SourceFile(path: "d/a.yaml", text: "command: k\nrun: \(run)")]
        #expect(DefinitionLoader.files(for: sources).map(\.path) == ["d/\(name)"], "what is sent is what is asked for")
    }

    @Test func `further files are found however they are written, each once`() {
        let text = "command: k\nrun: [./s/x.sh]\nfiles: [./lib.sh, lib.sh, s/.env, s//x.sh]"
        let report = Self.load(text, files: ["d/lib.sh", "d/s/.env", "d/s/x.sh"])
        #expect(report.problems.isEmpty, "\(report.problems)")
        #expect(Self.command(report)?.files.keys.sorted() == ["lib.sh", "s/.env", "s/x.sh"])
    }

    @Test(arguments: [
        "../x.sh", "s/../x.sh", "s/", "./", "/etc/passwd", "..", "../\u{301}x", "a\\0b",
    ])
    func `what leads out of the folder is refused and not asked for`(name: String) {
        let text = "command: k\nrun: ['true']\nfiles: [\"\(name)\"]"
        var asked: [String] = []
        let report = DefinitionLoader { path in
            asked.append(path)
            return nil
        }.load([SourceFile(path: "d/a.yaml", text: text)])
        #expect(report.problems.map(\.field) == ["files"])
        #expect(report.problems[0].message.hasSuffix("is not below the folder of the definition"))
        #expect(asked == ["d/true"])
    }

    @Test func `names that no file system takes are refused`() {
        let long = String(repeating: "n", count: 300)
        let report = Self.load("command: k\nrun: ['true']\nfiles: [q, q/r, \(long)]", files: ["d/q", "d/q/r"])
        #expect(
            report.problems.map(\.message) == [
                "'\(long.prefix(60))…' has a part of 300 bytes, at most 255 are possible",
                "'q' cannot be a file and the folder of 'q/r'",
            ])
    }

    @Test func `a file of the largest size is taken, and one byte more is refused`() {
        for (bytes, problems) in [(CommandDefinition.mostFileBytes, 0), (CommandDefinition.mostFileBytes + 1, 1)] {
            let report = DefinitionLoader { _ in [UInt8](repeating: 1, count: bytes) }
                .load([SourceFile(path: "a.yaml", text: "command: k\nrun: [./x.sh]")])
            #expect(report.problems.count == problems)
        }
    }

    @Test func `a program that lies beside its definition is refused with the way to name it`() {
        let report = Self.load("command: k\nrun: [a.sh]", files: ["d/a.sh"])
        #expect(
            report.problems.map(\.description) == [
                "d/a.yaml:2:7: run[0]: 'a.sh' lies beside this file, but a program without a folder is looked up in PATH; "
                    + "write ./a.sh for the file beside, or the full path of the program"
            ])
        #expect(Self.load("command: k\nrun: [a.sh]", files: []).problems.isEmpty)
    }

    @Test func `an element of run that names a stored file is doubted, with the way to reach it`() {
        let text = "command: k\nrun: [python3, ./s/etl.py]\nfiles: [s/etl.py]"
        let report = Self.load(text, files: ["d/s/etl.py"])
        #expect(report.problems.isEmpty, "\(report.problems)")
        #expect(report.warnings.map(\.field) == ["run[1]"])
        #expect(report.warnings.map(\.hint) == ["write ${files}/s/etl.py for the stored file"])
        let mended = "command: k\nrun: [python3, \"${files}/s/etl.py\"]\nfiles: [s/etl.py]"
        #expect(Self.load(mended, files: ["d/s/etl.py"]).warnings.isEmpty)
        let none = Self.load("command: k\nrun: [python3, \"${files}/s/etl.py\"]", files: [])
        #expect(none.problems.map(\.message) == ["'files': the command has no files"])
    }

    @Test func `a byte order mark at the start is no part of the text`() {
        let bytes: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("command: k\nrun: [ls, \"${args.x}\"]".utf8)
        let report = DefinitionLoader { _ in nil }.load([SourceFile(path: "a.yaml", contents: bytes)])
        #expect(report.definitions.map(\.definition.name) == ["k"])
        #expect(report.problems.map { "\($0.line):\($0.column)" } == ["2:11"])
    }
}
#endif
