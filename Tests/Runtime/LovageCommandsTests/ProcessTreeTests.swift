import Foundation
import Glibc
import Subprocess
import Synchronization
import SystemPackage
import Testing

@testable import LovageCommands

/// Whatever a command starts is gone when its run is over.
@Suite(.timeLimit(.minutes(5))) struct ProcessTreeTests {
    /// Leaves a child, a grandchild, and a daemon made the classical way (double fork, new session), all of which
    /// ignore polite requests, and writes their ids to `ids`.
    private static let family = """
        trap '' TERM HUP INT
        hold() { trap '' TERM HUP INT; echo $BASHPID >> ids; while :; do sleep 1; done; }
        hold & ( hold & wait ) &
        ( setsid bash -c 'trap "" TERM HUP; echo $$ >> ids; while :; do sleep 1; done' & )
        until [ "$(wc -l < ids)" = 3 ]; do sleep 0.01; done
        """

    @Test func `children, grandchildren and daemons of a command that has ended are ended`() async throws {
        let bench = try CommandBench()
        let finished = try await bench.run(bench.script("touch ids\n\(Self.family)\nexit 5"))
        #expect(finished.end.exit == .code(5))
        #expect(finished.end.cause == .itself)
        #expect(finished.end.leftBehind >= 3)
        let ids = try Self.ids(bench)
        #expect(ids.count == 3)
        #expect(ids.allSatisfy { !isAlive($0) })
    }

    @Test func `a hard limit ends a command that obeys with TERM`() async throws {
        let bench = try CommandBench()
        var invocation = bench.script("sleep 60")
        invocation.hardLimit = .milliseconds(200)
        let end = try await bench.run(invocation).end
        #expect(end.exit == .signal(SIGTERM))
        #expect(end.cause == .hardLimit)
    }

    @Test func `a hard limit kills a tree that ignores TERM after the grace`() async throws {
        let bench = try CommandBench()
        var invocation = bench.script("touch ids\n\(Self.family)\nwhile :; do sleep 1; done")
        invocation.hardLimit = .milliseconds(1500)
        invocation.grace = .milliseconds(300)
        let end = try await bench.run(invocation).end
        #expect(end.exit == .signal(SIGKILL))
        #expect(end.cause == .hardLimit)
        let ids = try Self.ids(bench)
        #expect(ids.count == 3)
        #expect(ids.allSatisfy { !isAlive($0) })
    }

    @Test func `a soft limit lets a command tidy up`() async throws {
        let bench = try CommandBench()
        var invocation = bench.script("trap 'echo tidied; exit 9' TERM; while :; do sleep 0.05; done")
        invocation.softLimit = .milliseconds(300)
        invocation.hardLimit = .seconds(60)
        let finished = try await bench.run(invocation)
        #expect(finished.end.exit == .code(9))
        #expect(finished.end.cause == .softLimit)
        #expect(finished.text == "tidied\n")
    }

    @Test func `a command that ignores its soft limit is killed at its hard limit`() async throws {
        let bench = try CommandBench()
        var invocation = bench.script("trap '' TERM; while :; do sleep 0.05; done")
        invocation.softLimit = .milliseconds(200)
        invocation.hardLimit = .milliseconds(600)
        invocation.grace = .seconds(60)
        let end = try await bench.run(invocation).end
        #expect(end.exit == .signal(SIGKILL))
        #expect(end.cause == .hardLimit)
    }

    @Test func `cancelling ends the tree and still tells how it ended, with the output so far`() async throws {
        let bench = try CommandBench()
        let runner = bench.runner
        let invocation = bench.script("echo started; trap 'echo ended; exit 4' TERM; while :; do sleep 0.05; done")
        let output = Collected()
        let (starts, start) = AsyncStream.makeStream(of: Void.self)
        let end = try await withThrowingTaskGroup(of: CommandEnd.self) { group in
            group.addTask {
                try await runner.run(invocation, named: "job") {
                    output.add($0)
                    start.yield()
                }
            }
            for await _ in starts { break }
            group.cancelAll()
            return try #require(try await group.next())
        }
        #expect(end.exit == .code(4))
        #expect(end.cause == .requested)
        #expect(output.bytes(.standardOutput) == Array("started\nended\n".utf8))
    }

    @Test func `a fork bomb is ended`() async throws {
        let bench = try CommandBench()
        // A slow one, so that a failure of this test does not take the machine along.
        var invocation = bench.script(
            "for i in 1 2 3 4 5 6 7 8; do (while :; do setsid sleep 100 & sleep 0.02; done) & done; wait")
        invocation.hardLimit = .seconds(1)
        invocation.grace = .milliseconds(100)
        let end = try await bench.run(invocation).end
        #expect(end.cause == .hardLimit)
        let folder = bench.folder
        let left = ProcessTable().entries.keys.filter {
            SmallFile.read("/proc/\($0)/environ").map { String(decoding: $0, as: UTF8.self).contains(folder) } ?? false
        }
        #expect(left.isEmpty)
    }

    /// Every process forks as fast as it can, in sessions of its own, up to a limit of 200 for a user nobody else is: only
    /// root may become one, and for others the limit would count all that they run. It is nice, and over after ten seconds,
    /// so that the machine stays usable when this test fails. It starves what runs beside it all the same, so it is run on
    /// request.
    @Test(
        .enabled(
            if: geteuid() == 0 && ProcessInfo.processInfo.environment["LOVAGE_BOMB"] != nil,
            "starves what runs beside it: LOVAGE_BOMB=1, as root"))
    func `a fork bomb at the limit of its processes is ended for good`() async throws {
        let bench = try CommandBench()
        let user = "64123"
        let bomb = """
            use POSIX; chdir "/"; $SIG{TERM} = "IGNORE"; my $end = time + 10;
            while (time < $end) {
                my $child = fork(); next unless defined $child; POSIX::setsid() if !$child && rand() < .5
            }
            """
        var invocation = CommandInvocation(
            executable: "/usr/bin/nice",
            arguments: [
                "-n", "19", "/usr/bin/prlimit", "--nproc=200", "/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(user)",
                "--clear-groups", "/usr/bin/perl", "-e", bomb,
            ], environment: ["PATH": "/usr/bin:/bin"], workingDirectory: "/")
        invocation.hardLimit = .seconds(1)
        invocation.grace = .milliseconds(100)
        let end = try await bench.run(invocation).end
        #expect(end.exit == .signal(SIGKILL))
        #expect(end.cause == .hardLimit)
        #expect(Self.processes(ofUser: user) == [])
    }

    private static func processes(ofUser user: String) -> [pid_t] {
        ProcessTable().entries.keys.filter { id in
            let status = SmallFile.read("/proc/\(id)/status").map { String(decoding: $0, as: UTF8.self) } ?? ""
            return status.contains("\nUid:\t\(user)\t")
        }
    }

    @Test func `a killed supervisor is noticed and its tree is ended`() async throws {
        let bench = try CommandBench()
        let runner = bench.runner
        let lock = bench.file("run/job.supervisor")
        let invocation = bench.script("trap '' TERM; echo $$ > ids; echo up; while :; do sleep 0.05; done")
        let end = try await runner.run(invocation, named: "job") { _ in
            if let holder = SupervisorLock.holder(of: lock) { kill(holder.id, SIGKILL) }
        }
        #expect(end == CommandEnd(exit: .unknown, cause: .supervisorLost))
        let ids = try Self.ids(bench)
        #expect(ids.count == 1)
        #expect(try await eventually(within: .seconds(5)) { ids.allSatisfy { !isAlive($0) } })
        #expect(access(lock, F_OK) != 0)
    }

    static func ids(_ bench: CommandBench) throws -> [pid_t] {
        let text = bench.text("ids")
        return try #require(text).split(separator: "\n").compactMap { pid_t($0) }
    }
}
