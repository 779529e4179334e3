import Foundation
import Glibc
import Synchronization
import Testing

@testable import LovageCommands

/// Output is passed on while the command runs, and never without bound.
@Suite(.timeLimit(.minutes(5))) struct CommandOutputTests {
    @Test func `the two streams are told apart`() async throws {
        let bench = try CommandBench()
        let finished = try await bench.run(bench.script("echo out; echo err >&2"))
        #expect(finished.text == "out\n")
        #expect(finished.error == Array("err\n".utf8))
        #expect(finished.end.standardOutput == OutputTotals(written: 4))
        #expect(finished.end.standardError == OutputTotals(written: 4))
    }

    @Test func `merged streams keep their common order`() async throws {
        let bench = try CommandBench()
        var invocation = bench.script("for i in $(seq 200); do echo out$i; echo err$i >&2; done")
        invocation.mergesStreams = true
        let finished = try await bench.run(invocation)
        #expect(finished.text == (1...200).map { "out\($0)\nerr\($0)\n" }.joined())
        #expect(finished.error == [])
        #expect(finished.end.standardOutput == OutputTotals(written: finished.output.count))
        #expect(finished.end.standardError == OutputTotals())
    }

    @Test func `bytes pass unchanged, whatever they are`() async throws {
        let bench = try CommandBench()
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var invocation = CommandInvocation(executable: "/bin/cat")
        invocation.standardInput = bytes
        #expect(try await bench.run(invocation).output == bytes)
    }

    @Test func `output arrives while the command runs`() async throws {
        let bench = try CommandBench()
        let flag = bench.file("seen")
        // The command ends only when its first line has been seen by us.
        let invocation = bench.script("echo first; until [ -e \(flag) ]; do sleep 0.01; done")
        let end = try await bench.runner.run(invocation, named: "job") { _ in
            _ = FileManager.default.createFile(atPath: flag, contents: nil)
        }
        #expect(end.exit == .code(0))
    }

    @Test func `of too much output the head and the tail are kept and the rest is counted`() async throws {
        let bench = try CommandBench()
        var invocation = bench.script("printf HEAD; head -c 100000000 /dev/zero; printf TAIL")
        invocation.outputLimit = 1000
        let finished = try await bench.run(invocation)
        let left = 100_000_008 - 1000
        #expect(finished.end.standardOutput == OutputTotals(written: 100_000_008, leftOut: left))
        let zeros = [UInt8](repeating: 0, count: 496)
        let marker = Array("\n[lovage: \(left) bytes of output left out]\n".utf8)
        #expect(finished.output == Array("HEAD".utf8) + zeros + marker + zeros + Array("TAIL".utf8))
    }

    @Test func `output just at the limit is whole`() async throws {
        let bench = try CommandBench()
        var invocation = bench.script("head -c 1000 /dev/zero")
        invocation.outputLimit = 1000
        let finished = try await bench.run(invocation)
        #expect(finished.output == [UInt8](repeating: 0, count: 1000))
        #expect(finished.end.standardOutput == OutputTotals(written: 1000))
    }

    @Test func `a reader slower than the command slows it down and loses nothing`() async throws {
        let bench = try CommandBench()
        let count = Mutex(0)
        let invocation = CommandInvocation(
            executable: "/usr/bin/head", arguments: ["-c", "5000000", "/dev/zero"], outputLimit: 6_000_000)
        let end = try await bench.runner.run(invocation, named: "job") { chunk in
            await Task.yield()
            count.withLock { $0 += chunk.bytes.count }
        }
        #expect(end.standardOutput == OutputTotals(written: 5_000_000))
        #expect(count.withLock { $0 } == 5_000_000)
    }

    @Test func `a command that closes its output runs on`() async throws {
        let bench = try CommandBench()
        let finished = try await bench.run(bench.script("exec >&- 2>&-; sleep 0.05; exit 7"))
        #expect(finished.end.exit == .code(7))
    }
}
