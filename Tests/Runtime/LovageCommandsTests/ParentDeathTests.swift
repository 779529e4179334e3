import Foundation
import Glibc
import Subprocess
import SystemPackage
import Testing

@testable import LovageCommands

/// A worker that is killed leaves nothing running, and the next owner can be sure of it.
@Suite(.timeLimit(.minutes(5))) struct ParentDeathTests {
    /// A stand-in for a worker, which can be killed without the test dying: it starts a supervisor, sends it the
    /// order in `order`, and holds the pipe.
    private static let parent = """
        import os, subprocess, sys, time
        supervisor = subprocess.Popen([sys.argv[1], "__supervise", "job"], stdin=subprocess.PIPE,
                                      stdout=subprocess.DEVNULL, start_new_session=True)
        supervisor.stdin.write(open("order", "rb").read())
        supervisor.stdin.flush()
        if sys.argv[2] == "die": os.kill(os.getpid(), 9)
        while True: time.sleep(60)
        """

    /// Runs the stand-in around `invocation` until `isReady`, kills it, and returns the moment of its death.
    private func killParent(
        of invocation: CommandInvocation, in bench: CommandBench, mode: String = "live",
        when isReady: @escaping @Sendable () -> Bool
    ) async throws -> ContinuousClock.Instant {
        let order = SupervisorOrder(invocation, lockPath: bench.file("run/job.supervisor"))
        try Data(order.encoded()).write(to: URL(fileURLWithPath: bench.file("order")))
        let result = try await Subprocess.run(
            .path("/usr/bin/python3"), arguments: ["-c", Self.parent, try CommandBench.binary(), mode],
            workingDirectory: FilePath(bench.folder), input: .none, output: .discarded, error: .discarded
        ) { execution in
            #expect(try await eventually(within: .seconds(20), isReady))
            if mode == "live" { try execution.send(signal: .kill) }
            return ContinuousClock.now
        }
        return result.closureResult
    }

    private static let stubborn = """
        trap '' TERM HUP
        (setsid bash -c 'trap "" TERM HUP; echo $$ >> ids; while :; do sleep 1; done' &)
        echo $$ >> ids
        while :; do sleep 1; done
        """

    @Test func `five seconds after its worker was killed nothing of a command is alive`() async throws {
        let bench = try CommandBench()
        let ids = bench.file("ids")
        let died = try await killParent(of: bench.script(Self.stubborn), in: bench) {
            ((try? String(contentsOfFile: ids, encoding: .utf8)) ?? "").split(separator: "\n").count == 2
        }
        async let lateness = Self.lateness()
        let processes = try ProcessTreeTests.ids(bench)
        #expect(processes.count == 2)
        #expect(try await eventually(within: .seconds(40)) { processes.allSatisfy { !isAlive($0) } })
        let lasted = ContinuousClock.now - died
        #expect(lasted >= .seconds(1), "the command ignores TERM, so this must have been the KILL after the grace")
        #expect(try await lasted < .seconds(5) + lateness * 4)
        #expect(try await eventually(within: .seconds(40)) { access(bench.file("run/job.supervisor"), F_OK) != 0 })
    }

    /// How much later than it asked for a process wakes up on this machine just now: next to nothing, unless it is
    /// starved. The supervisor sleeps, wakes and looks a few times before all is over.
    private static func lateness() async throws -> Duration {
        let asked = Duration.seconds(2)
        let start = ContinuousClock.now
        _ = try await Subprocess.run(
            .path("/bin/sleep"), arguments: ["2"], input: .none, output: .discarded, error: .discarded)
        return max(.zero, ContinuousClock.now - start - asked)
    }

    @Test func `the next owner waits until what a killed worker left is gone`() async throws {
        let bench = try CommandBench()
        let ids = bench.file("ids")
        _ = try await killParent(of: bench.script(Self.stubborn), in: bench) {
            ((try? String(contentsOfFile: ids, encoding: .utf8)) ?? "").split(separator: "\n").count == 2
        }
        let processes = try ProcessTreeTests.ids(bench)
        // They have up to two seconds from the kill, which on a starved machine may be over before we look: then there is
        // nothing to wait for. On any other they live, and an owner that did not wait for them would find them alive.
        let wereAlive = processes.contains { isAlive($0) }
        let report = try await Remnants(in: bench.file("run")).awaitGone()
        #expect(processes.allSatisfy { !isAlive($0) })
        #expect(report == Remnants.Report(awaited: 1) || !wereAlive)
    }

    @Test func `the next owner kills what is not gone in time`() async throws {
        let bench = try CommandBench()
        let ids = bench.file("ids")
        let order = SupervisorOrder(bench.script(Self.stubborn), lockPath: bench.file("run/job.supervisor"))
        try Data(order.encoded()).write(to: URL(fileURLWithPath: bench.file("order")))
        // The worker lives, so its supervisor ends nothing by itself.
        _ = try await Subprocess.run(
            .path("/usr/bin/python3"), arguments: ["-c", Self.parent, try CommandBench.binary(), "live"],
            workingDirectory: FilePath(bench.folder), input: .none, output: .discarded, error: .discarded
        ) { execution in
            #expect(
                try await eventually(within: .seconds(20)) {
                    ((try? String(contentsOfFile: ids, encoding: .utf8)) ?? "").split(separator: "\n").count == 2
                })
            let processes = try ProcessTreeTests.ids(bench)
            let report = try await Remnants(in: bench.file("run")).awaitGone(patience: .milliseconds(100))
            #expect(processes.allSatisfy { !isAlive($0) })
            #expect(report.awaited == 1)
            #expect(report.killed == 1)
            try execution.send(signal: .kill)
        }
        #expect(access(bench.file("run/job.supervisor"), F_OK) != 0)
    }

    @Test func `a worker that dies before its supervisor looked starts nothing`() async throws {
        let bench = try CommandBench()
        let ids = bench.file("ids")
        for _ in 0..<5 {
            _ = try await killParent(of: bench.script("echo $$ >> ids"), in: bench, mode: "die") { true }
            _ = try await Remnants(in: bench.file("run")).awaitGone()
            // Either it started before the worker's death was seen, and is gone now, or it never did.
            let started = (try? String(contentsOfFile: ids, encoding: .utf8)) ?? ""
            #expect(started.split(separator: "\n").compactMap { pid_t($0) }.allSatisfy { !isAlive($0) })
        }
    }

    @Test func `a lock file without a supervisor holds nobody up`() async throws {
        let bench = try CommandBench()
        try Data("999999 1\n".utf8).write(to: URL(fileURLWithPath: bench.file("run/old.supervisor")))
        let report = try await Remnants(in: bench.file("run")).awaitGone()
        #expect(report == Remnants.Report(abandoned: 1))
        #expect(access(bench.file("run/old.supervisor"), F_OK) != 0)
    }

    @Test func `a folder that does not exist has no remnants`() async throws {
        #expect(try await Remnants(in: "/no/such/folder").awaitGone() == Remnants.Report())
    }
}
