import Foundation
import Glibc
import Testing

@testable import LovageCommands

/// A command gets exactly what its invocation says.
@Suite(.timeLimit(.minutes(5))) struct CommandInputTests {
    @Test func `arguments arrive byte for byte and no shell reads them`() async throws {
        let bench = try CommandBench()
        let trap = bench.file("trap")
        let arguments = [
            "; touch \(trap)", "$(touch \(trap))", "`touch \(trap)`", "a\nb", "--x", "", "*", "'\"\\", "ü 👩‍🚀", "| cat",
            "\u{1B}[31m",
        ]
        let invocation = CommandInvocation(executable: "/usr/bin/printf", arguments: ["%s\\0"] + arguments)
        let finished = try await bench.run(invocation)
        #expect(finished.text == arguments.map { $0 + "\0" }.joined())
        #expect(access(trap, F_OK) != 0)
    }

    @Test func `the environment is exactly the one that was given`() async throws {
        let bench = try CommandBench()
        let environment = ["A": "1", "B": "two words", "LINES": "a\nb"]
        let invocation = CommandInvocation(executable: "/usr/bin/env", arguments: ["-0"], environment: environment)
        let finished = try await bench.run(invocation)
        #expect(finished.text == "A=1\0B=two words\0LINES=a\nb\0")
    }

    @Test(arguments: [0, 1, 5_000_000])
    func `standard input is delivered whole and then ends`(_ count: Int) async throws {
        let bench = try CommandBench()
        var invocation = bench.script("wc -c")
        invocation.standardInput = [UInt8](repeating: 7, count: count)
        let finished = try await bench.run(invocation)
        #expect(finished.text == "\(count)\n")
    }

    @Test func `a command that does not read its input ends as it likes`() async throws {
        let bench = try CommandBench()
        var invocation = bench.script("exec <&-; exit 3")
        invocation.standardInput = [UInt8](repeating: 7, count: 1_000_000)
        #expect(try await bench.run(invocation).end.exit == .code(3))
    }

    @Test func `a command starts in its working directory`() async throws {
        let bench = try CommandBench()
        #expect(try await bench.run(bench.script("pwd -P")).text == bench.folder + "\n")
    }

    @Test func `only the three standard descriptors reach a command`() async throws {
        let bench = try CommandBench()
        let finished = try await bench.run(CommandInvocation(executable: "/bin/ls", arguments: ["/proc/self/fd"]))
        // 3 is the folder that ls itself reads.
        #expect(finished.text == "0\n1\n2\n3\n")
    }

    @Test func `no signal is ignored or blocked in a command`() async throws {
        let bench = try CommandBench()
        let finished = try await bench.run(
            CommandInvocation(executable: "/bin/grep", arguments: ["-E", "^Sig(Blk|Ign)", "/proc/self/status"]))
        // glibc's posix_spawn leaves its own two signals, 32 and 33, ignored.
        #expect(finished.text == "SigBlk:\t0000000000000000\nSigIgn:\t0000000180000000\n")
    }

    @Test func `a command has a process group of its own`() async throws {
        let bench = try CommandBench()
        let finished = try await bench.run(
            bench.script("read -r _ _ _ parent group _ < /proc/$$/stat; echo $(( group == $$ ))"))
        #expect(finished.text == "1\n")
    }
}
