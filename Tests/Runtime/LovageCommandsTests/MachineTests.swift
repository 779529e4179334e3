import Foundation
import Glibc
import LovageWorker
import Synchronization
import Testing

@testable import LovageCommands

/// What counts as the machine's, and how what it has is divided up.
@Suite struct MachineTests {
    @Test(
        arguments: [
            (EMFILE, .descriptors), (ENFILE, .descriptors), (EAGAIN, .processes), (ENOMEM, .memory), (ENOSPC, .disk),
            (EDQUOT, .disk), (EIO, .folder), (EROFS, .folder),
        ] as [(CInt, MachineTrouble.Resource)])
    func `shortages are the machine's`(_ error: CInt, _ resource: MachineTrouble.Resource) {
        #expect(MachineTrouble.resource(of: error) == resource)
        #expect(MachineTrouble(ofOurs: error, "").resource == resource)
    }

    @Test(arguments: [ENOENT, EACCES, ENOEXEC, E2BIG, ENOTDIR, ELOOP, EISDIR])
    func `what is wrong with a program is the job's`(_ error: CInt) {
        #expect(MachineTrouble(error, "") == nil)
        #expect(MachineTrouble(ofOurs: error, "").resource == .folder, "but not in a folder of ours")
    }

    @Test func `a disk that has no room for a result has no room`() {
        #expect(DiskRoom.shortage(free: 1 << 20, files: 100, freeFiles: 50, at: "/d") == nil)
        #expect(DiskRoom.shortage(free: (1 << 20) - 1, files: 100, freeFiles: 50, at: "/d")?.resource == .disk)
        #expect(DiskRoom.shortage(free: 1 << 30, files: 100, freeFiles: 0, at: "/d")?.resource == .disk)
        #expect(
            DiskRoom.shortage(free: 1 << 30, files: 0, freeFiles: 0, at: "/d") == nil, "it makes files as it needs them"
        )
        #expect(DiskRoom.shortage(at: "/no/such/folder") == nil)
    }

    @Test(arguments: [64, 128, 256, 1_024, 4_096, 1 << 20])
    func `slots, connections and starts fit into the limit`(_ limit: Int) {
        let budget = DescriptorBudget(limit: limit, cores: 2)
        for asked in [1, 4, 25, 220, 10_000] {
            let slots = budget.slots(asked: asked)
            let connections = budget.connections(beside: slots)
            #expect(slots <= asked && slots >= (asked == 1 ? 1 : 0))
            #expect(connections >= 8, "somebody can look and cancel")
            #expect(budget.fixed + slots * DescriptorBudget.eachCommand + connections <= limit)
            guard slots < asked else { continue }
            let needed = budget.limit(for: asked)
            #expect(needed > limit && DescriptorBudget(limit: needed, cores: 2).slots(asked: asked) == asked)
        }
    }

    @Test func `descriptors are missed before they are gone`() {
        #expect(OpenDescriptors.shortage(of: 8) == nil)
        #expect(OpenDescriptors.shortage(of: 1 << 40)?.resource == .descriptors)
        #expect(OpenDescriptors.shortage(of: 8, inAll: "100\t0\t108\n") == nil)
        #expect(OpenDescriptors.shortage(of: 8, inAll: "101\t0\t108\n")?.resource == .descriptors)
        #expect(OpenDescriptors.shortage(of: 8, inAll: "") == nil)
    }

    @Test func `too few descriptors for one slot are too few`() {
        #expect(DescriptorBudget(limit: 20, cores: 2).slots(asked: 1) == 0)
        #expect(DescriptorBudget(limit: 0, cores: 2).slots(asked: 1) == 0)
        #expect(DescriptorBudget(limit: 1_024, cores: 2).slots(asked: 25) == 25)
    }

    @Test func `what a process was started with is read from what proc says`() {
        let status = "Name:\tlovage\nUmask:\t0027\nSigBlk:\t0000000000000004\nSigIgn:\t0000000000001001\nThreads:\t1\n"
        let start = ProcessStart(status: status, descriptors: 99)
        #expect(start == ProcessStart(mask: 0o027, descriptors: 99, ignored: 1))
        #expect(ProcessStart.signals(start.ignored) == [SIGHUP], "pipelines of scripts need SIGPIPE")
        #expect(ProcessStart(status: "", descriptors: 1).mask == 0o022)
        let own = ProcessStart.now()
        let mask = umask(0)
        umask(mask)
        #expect(own.mask == UInt32(mask))
    }

    @Test func `an order brings what the command gets back, and the end brings the machine's error`() throws {
        let start = ProcessStart(mask: 0o002, descriptors: .max, ignored: 1 << 63)
        let order = SupervisorOrder(CommandInvocation(executable: "/x"), lockPath: "/l", start: start)
        #expect(try SupervisorOrder(decoding: Array(order.encoded().dropFirst(8))) == order)
        let plain = SupervisorOrder(CommandInvocation(executable: "/x"), lockPath: "/l")
        #expect(try SupervisorOrder(decoding: Array(plain.encoded().dropFirst(8))) == plain)
        let ended = SupervisorFrame.ended(
            CommandEnd(exit: .notStarted(code: 126, reason: "r"), machineError: EAGAIN))
        var parser = SupervisorFrameParser()
        #expect(try parser.feed(SupervisorFrame.started.encoded() + ended.encoded()) == [.started, ended])
    }

    @Test
    func `a command gets the mask, the limit and the signals that it is told, and the runner says that it started`()
        async throws
    {
        let bench = try CommandBench()
        let runner = CommandRunner(
            binary: try CommandBench.binary(), runFolder: "\(bench.folder)/run",
            start: ProcessStart(mask: 0o027, descriptors: 77, ignored: 1 << 0 | 1 << 1))
        let collected = Collected()
        let starts = Collected()
        let end = try await runner.run(
            bench.script("umask; ulimit -Sn; grep SigIgn /proc/self/status"), named: "j",
            started: { starts.add(OutputChunk(stream: .standardOutput, bytes: [1])) },
            output: { collected.add($0) })
        #expect(end.exit == .code(0))
        #expect(starts.bytes(.standardOutput) == [1])
        let lines = String(decoding: collected.bytes(.standardOutput), as: UTF8.self).split(separator: "\n")
        #expect(lines.prefix(2) == ["0027", "77"])
        let ignored = lines.last.flatMap { $0.split(separator: "\t").last }.flatMap { UInt64($0, radix: 16) } ?? 0
        #expect(ignored & 0x7fff_ffff == 3)
    }

    @Test func `no more are started at once than there are places`() async throws {
        let gate = SpawnGate(places: 2)
        let inside = Inside()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await gate.enter()
                    inside.enter()
                    for _ in 0..<10 { await Task.yield() }
                    inside.leave()
                    gate.leave()
                }
            }
            try await group.waitForAll()
        }
        #expect(inside.most <= 2)
        #expect(inside.all == 20)
    }

    /// Counts who is inside at once.
    private final class Inside: Sendable {
        private let counts = Mutex((now: 0, most: 0, all: 0))
        var most: Int { counts.withLock { $0.most } }
        var all: Int { counts.withLock { $0.all } }

        func enter() {
            counts.withLock { counts in
                counts.now += 1
                counts.all += 1
                counts.most = max(counts.most, counts.now)
            }
        }

        func leave() { counts.withLock { $0.now -= 1 } }
    }
}

/// What attempts leave goes away, whatever it is.
@Suite struct ScratchFoldersTests {
    @Test func `everything goes at the start, also what a script made inaccessible`() throws {
        let bench = try CommandBench()
        let folder = bench.file("scratch")
        mkdir(folder, 0o700)
        for name in ["a/b/c", "d"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
        symlink("/etc", "\(folder)/d/link")
        mkfifo("\(folder)/d/pipe", 0o600)
        chmod("\(folder)/a/b", 0)
        chmod("\(folder)/a", 0)
        #expect(ScratchFolders(in: folder).clear() == [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        #expect(access("/etc/passwd", F_OK) == 0)
    }

    @Test func `what cannot be removed is named, and tried again`() throws {
        let bench = try CommandBench()
        let problems = ScratchFolders(in: bench.file("none")).clear()
        #expect(problems.count == 1 && problems[0].contains("none could not be read"))
        #expect(TreeRemoval.remove(bench.file("none")) == nil, "nothing is left of what is not there")
        let stuck = try #require(TreeRemoval.remove("/proc/self/status"))
        #expect(stuck.contains("/proc/self/status could not be removed"))
    }

    @Test func `copies of files go at the start, and are made again when they are needed`() async throws {
        let bench = try CommandBench()
        let folders = try CommandFolders(below: bench.file("data"))
        let script = Array("#!/bin/sh\n".utf8)
        let files = ["s/run.sh": ScriptCache.hash(of: script)]
        let home = try await folders.files.folder(of: files) { _ in script }
        _ = try folders.scratch.make(named: "left", arguments: [])
        #expect(folders.clear() == [])
        #expect(access(home, F_OK) != 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: bench.file("data/files/by-hash")).isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folders.scratch.folder).isEmpty)
        #expect(try await folders.files.folder(of: files) { _ in script } == home)
        #expect(access("\(home)/s/run.sh", X_OK) == 0)
        #expect(folders.trouble() == nil)
    }
}
