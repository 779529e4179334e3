import Foundation
import Glibc
import LovageCore
import Testing

@testable import LovageCommands

/// The files, variables and rules around a command.
@Suite(.timeLimit(.minutes(5))) struct CommandSurroundingsTests {
    private static let attempt = CommandEnvironment.Attempt(jobID: "j", number: 2, fence: 7)

    @Test func `a result is read after the end and the scratch folder goes away`() async throws {
        let bench = try CommandBench()
        let scratch = try AttemptScratch.create(
            named: "a", in: bench.file("scratch"), arguments: Array("{\"n\":1}".utf8))
        var invocation = bench.script(
            #"cp "$LOVAGE_ARGUMENTS" "$LOVAGE_RESULT"; stat -c %a "$(dirname "$LOVAGE_RESULT")""#)
        invocation.environment = try CommandEnvironment().make(
            worker: ["PATH": "/usr/bin:/bin", "SECRET": "x"], attempt: Self.attempt, scratch: scratch)
        #expect(invocation.environment["SECRET"] == nil)
        #expect(invocation.environment["LOVAGE_JOB_ID"] == "j")
        #expect(invocation.environment["LOVAGE_ATTEMPT"] == "2")
        #expect(invocation.environment["LOVAGE_FENCE"] == "7")
        let finished = try await bench.run(invocation)
        #expect(finished.text == "700\n")
        #expect(try scratch.readResult()?.string == "{\"n\":1}")
        scratch.remove()
        #expect(access(scratch.folder, F_OK) != 0)
    }

    @Test(arguments: [
        (#"echo '{"a":'"#, "is not valid JSON"), ("head -c 2000000 /dev/zero", "has 2000000 bytes; at most 1048576"),
        ("yes '[' | head -100000", "is not valid JSON"), (#"printf '"\xff"'"#, "is not valid JSON"),
    ])
    func `a result that cannot be taken fails the attempt with the reason`(_ script: String, _ reason: String)
        async throws
    {
        let bench = try CommandBench()
        let scratch = try AttemptScratch.create(named: "a", in: bench.folder, arguments: [])
        var invocation = bench.script("{ \(script); } > $LOVAGE_RESULT")
        invocation.environment["LOVAGE_RESULT"] = scratch.resultFile
        let end = try await bench.run(invocation).end
        let verdict = ExitCodeRule().verdict(for: end, limits: noLimits) { try scratch.readResult() }
        guard case .failed(let failure) = verdict else {
            Issue.record("not failed")
            return
        }
        #expect(failure.kind == "result" && failure.isRetryable)
        #expect(failure.message.contains(reason))
    }

    @Test(arguments: ["ln -s /etc/passwd", "mkfifo", "mkdir"])
    func `a result that is not a plain file is refused`(_ make: String) async throws {
        let bench = try CommandBench()
        let scratch = try AttemptScratch.create(named: "a", in: bench.folder, arguments: [])
        var invocation = bench.script("\(make) $LOVAGE_RESULT")
        invocation.environment["LOVAGE_RESULT"] = scratch.resultFile
        #expect(try await bench.run(invocation).end.exit == .code(0))
        #expect(throws: AttemptScratch.Problem.self) { try scratch.readResult() }
    }

    @Test func `no result, an empty one and one of blanks are no result`() throws {
        let bench = try CommandBench()
        let scratch = try AttemptScratch.create(named: "a", in: bench.folder, arguments: [])
        #expect(try scratch.readResult() == nil)
        for text in ["", "\n", " \t\r\n\n"] {
            _ = FileManager.default.createFile(atPath: scratch.resultFile, contents: Data(text.utf8))
            #expect(try scratch.readResult() == nil)
        }
        for text in ["\u{0B}", "\u{A0}", "\0"] {
            _ = FileManager.default.createFile(atPath: scratch.resultFile, contents: Data(text.utf8))
            #expect(throws: AttemptScratch.Problem.self) { try scratch.readResult() }
        }
    }

    @Test func `a job cannot set variables that run code, and hears of all of them at once`() throws {
        let scratch = AttemptScratch(folder: "/s")
        let error = #expect(throws: CommandEnvironment.Refused.self) {
            try CommandEnvironment().make(
                worker: [:], attempt: Self.attempt, scratch: scratch,
                submitted: [
                    "LD_PRELOAD": "/x.so", "BASH_ENV": "/x", "LOVAGE_FENCE": "9", "1X": "", "OK": "1", "N": "\0",
                ])
        }
        #expect(error?.problems.count == 5)
        #expect(error?.description.contains("LD_PRELOAD cannot be set by a job") == true)
    }

    @Test func `a definition may set what a job may not, and a job's value wins over its own`() throws {
        let environment = CommandEnvironment(fixed: ["LD_PRELOAD": "/x.so", "MODE": "a"])
        let made = try environment.make(
            worker: ["PATH": "/bin"], attempt: Self.attempt, scratch: AttemptScratch(folder: "/s"),
            submitted: ["MODE": "b"])
        #expect(made["LD_PRELOAD"] == "/x.so")
        #expect(made["MODE"] == "b")
        #expect(made["PATH"] == "/bin")
    }
}

/// What runs is what the hash says.
@Suite struct ScriptCacheTests {
    private static let script = Array("#!/bin/sh\necho hello\n".utf8)

    @Test func `a script is kept privately and can be run`() async throws {
        let bench = try CommandBench()
        let path = try await Self.keep(in: bench.file("scripts"))
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o7777 == 0o500)
        #expect(stat(bench.file("scripts"), &status) == 0 && status.st_mode & 0o7777 == 0o700)
        #expect(try await bench.run(CommandInvocation(executable: path)).text == "hello\n")
    }

    @Test func `an intact copy is used without asking for the content again`() async throws {
        let bench = try CommandBench()
        let path = try await Self.keep(in: bench.file("scripts"))
        let cache = try ScriptCache(folder: bench.file("scripts"))
        let again = try await cache.path(forHash: ScriptCache.hash(of: Self.script)) {
            () async throws(ScriptCache.Problem) in
            Issue.record("asked")
            return []
        }
        #expect(again == path)
    }

    @Test func `a copy that was changed is replaced before it is used`() async throws {
        let bench = try CommandBench()
        let path = try await Self.keep(in: bench.file("scripts"))
        chmod(path, 0o700)
        try Data("#!/bin/sh\necho changed\n".utf8).write(to: URL(fileURLWithPath: path))
        #expect(try await Self.keep(in: bench.file("scripts")) == path)
        #expect(try await bench.run(CommandInvocation(executable: path)).text == "hello\n")
    }

    @Test func `content with another hash, and a name that is no hash, are refused`() async throws {
        let bench = try CommandBench()
        let cache = try ScriptCache(folder: bench.file("scripts"))
        let other = String(repeating: "0", count: 64)
        for hash in [other, "../../etc/passwd", ""] {
            await #expect(throws: ScriptCache.Problem.self) {
                try await cache.path(forHash: hash) { () async throws(ScriptCache.Problem) in Self.script }
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: bench.file("scripts")).isEmpty)
    }

    @Test func `the hash is SHA-256 in lower-case hexadecimal`() {
        #expect(
            ScriptCache.hash(of: Array("abc".utf8))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    private static func keep(in folder: String) async throws -> String {
        let cache = try ScriptCache(folder: folder)
        return try await cache.path(forHash: ScriptCache.hash(of: script)) { () async throws(ScriptCache.Problem) in
            script
        }
    }
}
