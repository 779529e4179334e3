import Foundation
import LovageAPI
import LovageCore
import LovageRemote
import Testing

/// Scripts that do what no script should, under a real server.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `Scripts that misbehave` {
    /// Half of it in lines and half of it without an end of line. The script goes on until the API has answered three times
    /// meanwhile, however slow the machine is.
    @Test func `write a gigabyte and cost neither memory nor disk, and hold nobody up`() async throws {
        let folder = try TestFolder()
        try folder.write(
            """
            #!/bin/sh
            head -c 500000000 /dev/zero
            yes 'one line of many' | head -c 500000000
            yes 'and errors too' | head -c 24000000 >&2
            until [ -e '\(folder.file("enough").path)' ]; do echo more; sleep 0.1; done
            echo '"done"' >"$LOVAGE_RESULT"
            """, to: "definitions/scripts/flood.sh")
        try folder.write("command: flood\nrun: [scripts/flood.sh]\n", to: "definitions/flood.yaml")
        let server = try await RunningServer(in: folder, arguments: ["--slots", "2"])
        #expect(try await server.lovage("apply", folder.file("definitions").path).code == 0)
        _ = try await server.client.health()
        let before = try Processes.memory(of: server.identifier)
        let id = try #require(try await server.client.submit(SubmitRequest(kind: "flood")).id)
        var most = before
        var answers = 0
        // Each answer of the API is a chance to look, and shows that nobody is held up.
        while try await server.client.job(id).state != .finished {
            most = max(most, try Processes.memory(of: server.identifier))
            for child in Processes.children(of: server.identifier) {
                most = max(most, before + ((try? Processes.memory(of: child)) ?? 0))
            }
            answers += 1
            if answers == 3 { try folder.write("", to: "enough") }
        }
        let job = try await server.client.job(id)
        #expect(job.outcome == .succeeded)
        #expect(most < before + 64 << 20, "\(before >> 20) MiB before, \(most >> 20) MiB at most")
        print("a gigabyte of output: \(before >> 20) MiB before, \(most >> 20) MiB at most, \(answers) answers")
        let logs = folder.file("data/logs")
        let size = try FileManager.default.subpathsOfDirectory(atPath: logs.path).reduce(0) { sum, name in
            let attributes = try FileManager.default.attributesOfItem(atPath: logs.appendingPathComponent(name).path)
            return sum + (attributes[.type] as? FileAttributeType == .typeRegular ? attributes[.size] as? Int ?? 0 : 0)
        }
        // 10 MiB of each of its two streams, with the headers of frames.
        #expect((20 << 20...21 << 20).contains(size), "\(size) bytes are kept")
        let kept = try await server.lovage("logs", id.description).output
        #expect(kept.contains("bytes of output left out"))
    }

    /// What a killed server leaves: a tree that ignores TERM, a daemon, a flood, and what goes on starting processes.
    @Test func `are all gone five seconds after their server was killed`() async throws {
        let folder = try TestFolder()
        let mark = UUID().uuidString
        try Self.define(in: folder, mark: mark)
        let server = try await RunningServer(in: folder, arguments: ["--slots", "4"])
        #expect(try await server.lovage("apply", folder.file("definitions").path).code == 0)
        for kind in ["mean.stubborn", "mean.daemon", "mean.flood", "mean.breeder"] {
            #expect(try await server.lovage("submit", kind).code == 0)
        }
        // One shell and its daemon, one that forks, and the two ends of a pipe: all of them are there.
        await Processes.wait { Processes.marked(mark).count >= 9 }
        let ids = Processes.marked(mark)
        await server.crash()
        let killed = ContinuousClock.now
        async let lateness = Processes.lateness()
        await Processes.wait { Processes.marked(mark).isEmpty }
        let lasted = ContinuousClock.now - killed
        print("\(ids.count) processes of four scripts were gone \(lasted) after their server")
        #expect(await lasted < .seconds(5) + lateness * 4)
    }

    private static func define(in folder: TestFolder, mark: String) throws {
        let scripts = [
            "stubborn":
                "trap '' TERM HUP INT; (trap '' TERM HUP INT; while :; do sleep 1; done) & while :; do sleep 1; done",
            "daemon": "(setsid sh -c 'trap \"\" TERM HUP; while :; do sleep 1; done' &) ; while :; do sleep 1; done",
            "flood": "yes | cat",
            // Two a tenth of a second, each for ten seconds, in sessions of their own: 200 at once.
            "breeder": "while :; do setsid sleep 10 & setsid sleep 10 & sleep 0.1; done",
        ]
        for (name, text) in scripts {
            try folder.write("#!/bin/bash\n\(text)\n", to: "definitions/scripts/\(name).sh")
            try folder.write(
                "command: mean.\(name)\nrun: [scripts/\(name).sh]\nenvironment: {MEAN_MARK: \(mark)}\n",
                to: "definitions/\(name).yaml")
        }
    }
}

/// What /proc says of processes.
enum Processes {
    /// The bytes that are a process's own, with its share of what it shares.
    static func memory(of id: Int32) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(id)/smaps_rollup", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("Pss:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) << 10
    }

    static func children(of parent: Int32) -> [Int32] {
        all { id in
            // One that ends while we look is nobody's child.
            let stat = (try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)) ?? ""
            return stat.split(separator: ")").last?.split(separator: " ").dropFirst().first == "\(parent)"
        }
    }

    /// Living processes with this text in their environment.
    static func marked(_ mark: String) -> [Int32] {
        all { id in
            // One that has ended has no environment any more.
            guard let bytes = FileManager.default.contents(atPath: "/proc/\(id)/environ") else { return false }
            return String(decoding: bytes, as: UTF8.self).contains(mark)
        }
    }

    private static func all(_ matches: (Int32) -> Bool) -> [Int32] {
        // Without /proc there are none, and the tests that wait for some fail.
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }.filter(matches)
    }

    /// Looks until it holds: deaths of other people's processes have no signal that could be waited for.
    static func wait(until holds: () -> Bool) async {
        while !holds() { await pause(.milliseconds(20)) }
    }

    /// How much later than asked for a process wakes up on this machine just now: next to nothing, unless it is starved.
    static func lateness() async -> Duration {
        let start = ContinuousClock.now
        await pause(.seconds(2))
        return max(.zero, ContinuousClock.now - start - .seconds(2))
    }

    private static func pause(_ duration: Duration) async {
        do {
            try await ContinuousClock().sleep(for: duration)
        } catch {
            // Cancelled: the test is over.
        }
    }
}
