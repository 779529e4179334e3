import Foundation
import LovageAPI
import LovageCore
import LovageRemote
import Testing

/// A machine that is short of something: the jobs cannot help it, and wait.
@Suite(.timeLimit(.minutes(5))) struct `A server on a machine that is short of something` {
    @Test(.enabled(if: MemoryDisk.absence == nil, "a file system in memory"))
    func `fails none of 300 jobs for a full disk, says why they wait, and runs them all once there is room`()
        async throws
    {
        let disk = try MemoryDisk("size=40m")
        let folder = try TestFolder()
        let server = try await RunningServer(
            in: folder, data: disk.mount.appendingPathComponent("data"), arguments: ["--slots", "4"])
        try await Self.define("command: quick\nrun: [sh, -c, 'echo done']\n", on: server)
        #expect(try await server.lovage("queue", "pause", "default").code == 0)
        let jobs = try await server.lovage(
            "submit", "quick", "--stdin-many", input: String(repeating: "{}\n", count: 300)
        ).lines
        #expect(jobs.count == 300)
        try disk.fill()
        #expect(try await server.lovage("queue", "resume", "default").code == 0)
        let waiting = try #require(jobs.last)
        try await Self.wait { try await server.client.health().problem?.contains("starts nothing since") == true }
        let health = try await server.client.health()
        #expect(!health.isReady)
        #expect(health.problem?.contains("no space left") == true)
        #expect(health.problem?.contains("free some space") == true)
        let explained = try await server.lovage("explain", waiting).output
        #expect(explained.contains("no space left"), "\(explained)")
        disk.free()
        let queue = try await server.client.join("default", within: .seconds(120))
        #expect(queue.waiting + queue.running == 0)
        let health2 = try await server.client.health()
        #expect(health2.problem == nil && health2.isReady)
        for id in jobs {
            let job = try await server.client.job(#require(JobID(id)))
            #expect(job.outcome == .succeeded)
        }
        let attempts = try await server.client.attempts(of: #require(JobID(jobs[0])))
        #expect(attempts.dropLast().allSatisfy { $0.end == .handedBack })
        server.send(SIGTERM)
        #expect(await server.waitForEnd() == 0)
    }

    @Test(.enabled(if: MemoryDisk.absence == nil, "a file system in memory"))
    func `says in the log of a job that some of its output could not be kept`() async throws {
        let disk = try MemoryDisk("size=40m")
        let folder = try TestFolder()
        let gate = try Gate(in: folder)
        let script = Gate.script.replacingOccurrences(
            of: "echo \"$word\"", with: "yes | head -c 300000; echo \"$word\"")
        try folder.write(script, to: "definitions/g.sh")
        let server = try await RunningServer(in: folder, data: disk.mount.appendingPathComponent("data"))
        try folder.write(
            """
            command: g
            run: [sh, \(folder.file("definitions/g.sh").path), "${args.gate}"]
            parameters:
              gate: {type: string, required: true}
            """,
            to: "definitions/g.yaml")
        #expect(try await server.lovage("apply", folder.file("definitions/g.yaml").path).code == 0)
        let job = try await server.lovage("submit", "g", "gate=\(gate.path)").firstLine()
        await gate.waitForScript()
        try disk.fill()
        try gate.open()
        let ended = try await server.client.wait(for: #require(JobID(job)), within: .seconds(60))
        disk.free()
        #expect(ended.outcome == .succeeded)
        #expect(try await server.lovage("logs", job).output.contains("bytes of output could not be kept"))
    }

    @Test func `uses as many slots as it has descriptors for, says so, and fails no job`() async throws {
        let folder = try TestFolder()
        let server = try await RunningServer(
            in: folder, arguments: ["--slots", "60"], under: ["/usr/bin/prlimit", "--nofile=128:128"])
        let said = try String(contentsOf: folder.file("server.log"), encoding: .utf8)
        #expect(said.contains("60 slots need a limit of"))
        #expect(said.contains("descriptors"))
        try await Self.define("command: nap\nrun: [sleep, '0.3']\n", on: server)
        let jobs = try await server.lovage(
            "submit", "nap", "--stdin-many", input: String(repeating: "{}\n", count: 60)
        ).lines
        let queue = try await server.client.join("default", within: .seconds(120))
        #expect(queue.waiting + queue.running == 0)
        for id in jobs { #expect(try await server.client.job(#require(JobID(id))).outcome == .succeeded) }
        server.send(SIGTERM)
        #expect(await server.waitForEnd() == 0)
    }

    @Test func `does not start with too few descriptors for one slot, and says how many it needs`() async throws {
        let death = await #expect(throws: ServerDidNotStart.self) {
            try await RunningServer(in: try TestFolder(), under: ["/usr/bin/prlimit", "--nofile=48:48"])
        }
        #expect(death?.code == 2)
        #expect(death?.log.contains("descriptors") == true)
    }

    @Test func `goes on when descriptors are taken away from it while it works`() async throws {
        let folder = try TestFolder()
        let server = try await RunningServer(in: folder, arguments: ["--slots", "8"])
        try await Self.define("command: nap\nrun: [sleep, '0.1']\n", on: server)
        try await Self.limit(server, to: 34)
        let jobs = try await server.lovage(
            "submit", "nap", "--stdin-many", input: String(repeating: "{}\n", count: 20)
        ).lines
        #expect(jobs.count == 20)
        try await Self.wait { try await server.client.health().problem?.contains("no descriptors left") == true }
        try await Self.limit(server, to: 4_096)
        let queue = try await server.client.join("default", within: .seconds(120))
        #expect(queue.waiting + queue.running == 0)
        for id in jobs { #expect(try await server.client.job(#require(JobID(id))).outcome == .succeeded) }
    }

    @Test func `gives scripts the mask, the limits and the signals that it was started with`() async throws {
        let folder = try TestFolder()
        let server = try await RunningServer(
            in: folder,
            under: ["/bin/sh", "-c", "umask 027; ulimit -Sn 300; trap '' USR1; exec \"$@\"", "sh"])
        try await Self.define(
            "command: see\nrun: [sh, -c, 'umask; ulimit -Sn; grep SigIgn /proc/self/status; touch f; stat -c %a f']\n",
            on: server)
        let job = try await server.lovage("submit", "see").firstLine()
        #expect(try await server.client.wait(for: #require(JobID(job)), within: .seconds(60)).outcome == .succeeded)
        let lines = try await server.lovage("logs", job).lines
        #expect(lines.count == 4)
        #expect(lines.prefix(2) == ["0027", "300"])
        let ignored = lines[2].split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } ?? 0
        #expect(ignored & 0x7fff_ffff == 1 << (UInt64(SIGUSR1) - 1))
        #expect(lines[3] == "640")
        let limits = try String(contentsOfFile: "/proc/\(server.identifier)/limits", encoding: .utf8)
        let open = limits.split(separator: "\n").first { $0.hasPrefix("Max open files") }?.split(separator: " ") ?? []
        #expect(open.count > 4 && open[3] == open[4], "its own soft limit is the hard one")
        let mode = try FileManager.default.attributesOfItem(atPath: folder.file("data/lovage.db").path)
        #expect((mode[.posixPermissions] as? Int) == 0o600, "its own files stay its own")
    }

    @Test func `leaves nothing of attempts that were killed with it`() async throws {
        let folder = try TestFolder()
        let gate = try Gate(in: folder)
        let first = try await RunningServer(in: folder)
        try await Self.define(
            """
            command: big
            run: [sh, -c, 'head -c 200000 /dev/zero >part.bin; echo x >"$0/came"; exec sleep 60', '\(gate.path)']
            """,
            on: first)
        _ = try await first.lovage("submit", "big").firstLine()
        await gate.waitForScript()
        #expect(try Self.left(in: folder).contains { $0.hasSuffix("part.bin") })
        await first.crash()
        let second = try await RunningServer(in: folder, arguments: ["--queue", "other"])
        #expect(try Self.left(in: folder) == [])
        second.send(SIGTERM)
        #expect(await second.waitForEnd() == 0)
    }

    @Test(.enabled(if: MemoryDisk.absence == nil, "a file system in memory"))
    func `names a file system that is mounted noexec as what it is`() async throws {
        let disk = try MemoryDisk("noexec,size=40m")
        let folder = try TestFolder()
        let server = try await RunningServer(in: folder, data: disk.mount.appendingPathComponent("data"))
        try folder.write("#!/bin/sh\necho hi\n", to: "definitions/s/x.sh")
        try await Self.define("command: x\nrun: [s/x.sh]\n", on: server)
        let job = try await server.lovage("submit", "x").firstLine()
        let ended = try await server.client.wait(for: #require(JobID(job)), within: .seconds(60))
        #expect(ended.outcome == .failed)
        #expect(ended.failure?.message.contains("mounted noexec") == true)
    }

    // MARK: Support

    private static func define(_ yaml: String, on server: RunningServer) async throws {
        try server.folder.write(yaml, to: "definitions/d.yaml")
        let applied = try await server.lovage("apply", server.folder.file("definitions").path)
        #expect(applied.code == 0, "\(applied.complaints)")
    }

    private static func limit(_ server: RunningServer, to count: Int) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/prlimit")
        process.arguments = ["--pid", "\(server.identifier)", "--nofile=\(count):"]
        #expect(try await process.runToEnd() == 0)
    }

    private static func left(in folder: TestFolder) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.file("data/scratch").path)
    }

    /// Asks until it holds; the time limit of the suite is its deadline.
    private static func wait(until holds: () async throws -> Bool) async throws {
        while try await !holds() { try await ContinuousClock().sleep(for: .milliseconds(50)) }
    }
}
