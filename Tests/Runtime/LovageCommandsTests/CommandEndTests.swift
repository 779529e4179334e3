import Foundation
import Glibc
import Testing

@testable import LovageCommands

/// How a command ends is reported as it was.
@Suite(.timeLimit(.minutes(5))) struct CommandEndTests {
    @Test(arguments: [0, 1, 42, 255] as [Int32])
    func `an exit code is reported exactly`(_ code: Int32) async throws {
        let bench = try CommandBench()
        let finished = try await bench.run(bench.script("exit \(code)"))
        #expect(finished.end == CommandEnd(exit: .code(code)))
    }

    @Test(arguments: [SIGKILL, SIGTERM, SIGSEGV, SIGPIPE])
    func `a signal is reported exactly`(_ signal: Int32) async throws {
        let bench = try CommandBench()
        let finished = try await bench.run(bench.script("ulimit -c 0; kill -\(signal) $$"))
        #expect(finished.end == CommandEnd(exit: .signal(signal)))
    }

    @Test func `a file that is missing is named`() async throws {
        let bench = try CommandBench()
        let end = try await bench.run(CommandInvocation(executable: "/no/such/file")).end
        #expect(end.exit == .notStarted(code: 127, reason: "/no/such/file was not found"))
    }

    @Test func `a name that is not in PATH is named with the PATH that was searched`() async throws {
        let bench = try CommandBench()
        let invocation = CommandInvocation(executable: "no-such-tool", environment: ["PATH": "/usr/bin:/bin"])
        let end = try await bench.run(invocation).end
        #expect(end.exit == .notStarted(code: 127, reason: "no-such-tool was not found in PATH (/usr/bin:/bin)"))
    }

    @Test func `a bare name is found in the command's own PATH`() async throws {
        let bench = try CommandBench()
        let invocation = CommandInvocation(executable: "true", environment: ["PATH": "/nowhere:/bin"])
        #expect(try await bench.run(invocation).end.exit == .code(0))
    }

    @Test(
        arguments: [
            ("#!/bin/sh\n", 0o600, 126, "may not be executed (check its mode)"),
            ("echo no first line\n", 0o700, 126, "is neither a program nor a script with a #! line"),
            (
                "#!/no/such/interpreter -x\n", 0o700, 127,
                "names the interpreter '/no/such/interpreter' (#!), which was not found"
            ),
            (
                "#! /bin/sh\r\necho\r\n", 0o700, 127,
                "names the interpreter '/bin/sh\\r' (#!), which was not found: the file has CR LF line ends, "
                    + "save it with LF ones"
            ),
            (
                "#!/bin/s\u{200B}h\n", 0o700, 127,
                "names the interpreter '/bin/s\\u{200B}h' (#!), which was not found"
            ),
        ] as [(String, mode_t, Int32, String)])
    func `a file that cannot be run is named with the reason`(
        _ content: String, _ mode: mode_t, _ code: Int32, _ reason: String
    ) async throws {
        let bench = try CommandBench()
        let path = bench.file("script")
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
        chmod(path, mode)
        let end = try await bench.run(CommandInvocation(executable: path)).end
        #expect(end.exit == .notStarted(code: code, reason: "\(path) \(reason)"))
    }

    @Test func `a working directory that is missing is named`() async throws {
        let bench = try CommandBench()
        let end = try await bench.run(CommandInvocation(executable: "/bin/true", workingDirectory: "/no/dir")).end
        #expect(
            end.exit == .notStarted(code: 126, reason: "The working directory /no/dir: No such file or directory"))
    }

    @Test func `arguments too large for the system are refused with a reason`() async throws {
        let bench = try CommandBench()
        let huge = String(repeating: "x", count: 300_000)
        let end = try await bench.run(CommandInvocation(executable: "/bin/true", arguments: [huge])).end
        guard case .notStarted(126, let reason) = end.exit else {
            Issue.record("\(end)")
            return
        }
        #expect(reason.contains("too large"))
    }

    @Test func `a NUL character starts nothing`() async throws {
        let bench = try CommandBench()
        let invocation = CommandInvocation(executable: "/bin/true", arguments: ["a\0b"])
        await #expect(throws: CommandRunner.Failure.self) {
            try await bench.runner.run(invocation, named: "j") { _ in }
        }
    }

    @Test func `a supervisor that cannot be started is an error that names it`() async throws {
        let runner = CommandRunner(binary: "/no/lovage", runFolder: "/tmp")
        let error = await #expect(throws: CommandRunner.Failure.self) {
            try await runner.run(CommandInvocation(executable: "/bin/true"), named: "j") { _ in }
        }
        #expect(error?.description.contains("/no/lovage") == true)
    }
}
